import ipaddr from 'ipaddr.js'
import { globalIpv6, nat64, refusedIpv4, refusedIpv6 } from './address-ranges.ts'

/** An address or a range in CIDR notation: `[address, bits]`. */
export type AddressRange = [ipaddr.IPv4 | ipaddr.IPv6, number]

const ranges = {
  refusedIpv4: refusedIpv4.map((text) => ipaddr.parseCIDR(text)),
  refusedIpv6: refusedIpv6.map((text) => ipaddr.parseCIDR(text)),
  globalIpv6: ipaddr.parseCIDR(globalIpv6),
  nat64: ipaddr.parseCIDR(nat64),
}

/**
 * The address a text stands for, an IPv4 address mapped into IPv6 (`::ffff:0:0/96`) as IPv4; undefined when the text is
 * none, or has a zone.
 */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (text.includes('%') || !(ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text))) return undefined
  return ipaddr.process(text)
}

/** Whether the address is in one of the ranges. */
export function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, candidates: readonly AddressRange[]): boolean {
  return candidates.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
}

/**
 * Whether an address is one of the public internet. IPv4 addresses inside IPv6 ones are looked at where the network
 * really leads there (mapped, NAT64), so that networks with IPv6 alone work; the tunnels of old (6to4, Teredo, ISATAP) are refused.
 */
export function isPublicAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return !isWithin(address, ranges.refusedIpv4)
  if (isWithin(address, [ranges.nat64])) return isPublicAddress(new ipaddr.IPv4(address.toByteArray().slice(-4)))
  return isWithin(address, [ranges.globalIpv6]) && !isWithin(address, ranges.refusedIpv6) && !isIsatap(address)
}

/** RFC 5214 §6.1: an interface identifier of `[02]00:5efe` and an IPv4 address, behind any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [, , , , flags, marker] = address.parts
  return (flags === 0 || flags === 0x0200) && marker === 0x5efe
}
