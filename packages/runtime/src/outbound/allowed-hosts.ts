import type ipaddr from 'ipaddr.js'
import type { Setting } from '../settings.ts'
import { type AddressRange, isWithin, parseAddress } from './public-address.ts'

const namePattern = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*$/

/** What an operator allows to be called although it is private, and in plain http. */
export interface AllowedHosts {
  /** By a name of a URL, in lower case and without a dot at its end. */
  hasName(name: string): boolean
  hasAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean
}

/** @throws Error naming the position of the first entry that is neither name, address nor CIDR range */
export function parseAllowedHosts(entries: readonly string[]): AllowedHosts {
  const names = new Set<string>()
  const ranges: AddressRange[] = []
  for (const [index, entry] of entries.entries()) {
    const range = parseRange(entry)
    if (range !== undefined) ranges.push(range)
    // What ends in a number is an address to URLs: such a name would never be found.
    else if (namePattern.test(entry.toLowerCase()) && !/(^|\.)\d+$/.test(entry)) names.add(entry.toLowerCase())
    else throw new Error(`must be names, addresses or CIDR ranges, separated by commas: number ${index + 1} is none`)
  }
  return { hasName: (name) => names.has(name), hasAddress: (address) => isWithin(address, ranges) }
}

function parseRange(entry: string): AddressRange | undefined {
  const [base = '', bits, ...more] = entry.split('/')
  const address = parseAddress(base)
  if (address === undefined || more.length > 0) return undefined
  const bitsMax = address.kind() === 'ipv4' ? 32 : 128
  if (bits === undefined) return [address, bitsMax]
  // A mapped address would be IPv4 by now, and its bits count from elsewhere.
  const isWhole = /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax && base.includes(':') === (bitsMax === 128)
  return isWhole ? [address, Number(bits)] : undefined
}

/** A list of allowed hosts, separated by commas; checked, and empty when it is not set. */
export function allowedHostsSetting(name: string): Setting<string[]> {
  const parse = (text: string): string[] => {
    const entries = text.split(',').map((entry) => entry.trim())
    parseAllowedHosts(entries)
    return entries
  }
  return { name, parse, fallback: { value: [] } }
}
