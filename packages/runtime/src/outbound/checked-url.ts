import { MusterError } from '../errors.ts'
import type { AllowedHosts } from './allowed-hosts.ts'
import { isPublicAddress, parseAddress } from './public-address.ts'

/** Characters of a URL that is called at most. */
export const urlCharactersMax = 2_048

/** Names that are nobody's in DNS (RFC 6761, RFC 6762, RFC 8375, `.internal`); what resolves to private addresses is refused anyway. */
const localNames = /(^|\.)(localhost|local|internal|home\.arpa|localdomain)$/

/**
 * The URL of a text that may be called, as far as that can be told without resolving its name: https, or http to an
 * allowed host; no user and password; no address that is not public, in whatever spelling.
 * @throws `invalidValue`; the detail never repeats the URL
 */
export function checkUrl(text: string, allowed: AllowedHosts): URL {
  const url = text.length > urlCharactersMax ? null : URL.parse(text)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    throw refused(`must be an https:// URL of at most ${urlCharactersMax} characters`)
  }
  if (url.username !== '' || url.password !== '') throw refused('must not have a user or a password in it')
  const isAllowed = isAllowedHost(url, allowed)
  if (url.protocol === 'http:' && !isAllowed) throw refused('must begin with https://')
  if (!isAllowed && isNeverPublic(url)) throw refused('must be at a public address')
  return url
}

/** The name of a URL as DNS compares it, or the address in it without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

/** Whether an operator allows the host of a URL, by its name or its address. */
export function isAllowedHost(url: URL, allowed: AllowedHosts): boolean {
  const host = hostOf(url)
  const address = parseAddress(host)
  return address === undefined ? allowed.hasName(host) : allowed.hasAddress(address)
}

/** Whether the host of a URL can be told to be private without resolving it. */
export function isNeverPublic(url: URL): boolean {
  const host = hostOf(url)
  const address = parseAddress(host)
  return address === undefined ? localNames.test(host) : !isPublicAddress(address)
}

function refused(requirement: string): MusterError {
  return new MusterError('invalidValue', `The URL ${requirement}.`)
}
