import { MusterError } from '../errors.ts'
import type { AllowedHosts } from './allowed-hosts.ts'
import { resolveChecked } from './checked-lookup.ts'
import { hostOf, isAllowedHost, isNeverPublic } from './checked-url.ts'
import { OutboundError } from './outbound-error.ts'
import { parseAddress } from './public-address.ts'
import type { Resolver } from './resolver.ts'

/**
 * What a name or an address may be connected to at, by the rules of URLs: encrypted to what is public or allowed, plain
 * only to what an operator allows by this very name or address.
 * @throws MusterError `invalidValue`; the detail never repeats the host
 * @throws OutboundError `resolve`, `addressRefused`
 */
export async function addressesOf(
  host: string,
  encrypted: boolean,
  allowed: AllowedHosts,
  resolverOf: (name: string) => Resolver,
): Promise<string[]> {
  const url = parseHost(host)
  if (url === undefined) throw refused('must be a name or an address')
  const isAllowed = isAllowedHost(url, allowed)
  if (!encrypted && !isAllowed) throw refused('is connected to by TLS only')
  if (!isAllowed && isNeverPublic(url)) throw refused('must have a public address')
  const name = hostOf(url)
  if (parseAddress(name) !== undefined) return [name]
  const addresses = (await resolveChecked(name, allowed, resolverOf(name))).map(({ address }) => address)
  if (addresses.length === 0) throw new OutboundError('resolve', name)
  return addresses
}

/** As a URL reads a host, so that no spelling of an address passes as a name. */
function parseHost(host: string): URL | undefined {
  const url = URL.parse(`https://${host.includes(':') ? `[${host}]` : host}/`)
  const isHostAlone = url !== null && url.href === `https://${url.hostname}/` && !/[/\\?#@\s]/.test(host)
  return isHostAlone ? url : undefined
}

function refused(requirement: string): MusterError {
  return new MusterError('invalidValue', `The host ${requirement}.`)
}
