import type { SourceUser } from './source-record.ts'

/** How Exchange marks addresses for mail among those of all kinds, the primary one by capitals. */
const mailAddress = /^smtp:/i
const primaryMailAddress = /^SMTP:/

interface AddressValues {
  /** The address itself, of which there may be several. */
  mail: readonly string[]
  /** `proxyAddresses`, as Exchange writes them. */
  proxies: readonly string[]
  others?: readonly string[]
}

/** Addresses of a user of Microsoft's directories, each once without regard to case, the primary one first. */
export function mailAddresses({ mail, proxies, others = [] }: AddressValues): SourceUser['emails'] {
  const rank = (address: string) => Number(!primaryMailAddress.test(address))
  const mailed = proxies.filter((address) => mailAddress.test(address)).sort((one, other) => rank(one) - rank(other))
  const all = [...mail, ...mailed, ...others].map((address) => address.replace(mailAddress, '').trim())
  const byKey = new Map(all.toReversed().map((address) => [address.toLowerCase(), address]))
  const addresses = [...byKey.values()].toReversed().filter((address) => address !== '')
  return addresses.map((value) => ({ value }))
}
