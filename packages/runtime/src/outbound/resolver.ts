import { Resolver as DnsResolver, lookup } from 'node:dns/promises'

/** All addresses of a name, in the order in which they are tried. Throws when there is none. */
export type Resolver = (name: string) => Promise<string[]>

const dnsOptions = { timeout: 1_000, tries: 3 }

/**
 * Asks DNS itself. The look-up of the operating system runs on the few threads that all files and look-ups of the process
 * share, where somebody's slow name server would hold up everybody.
 */
export function resolveByDns(name: string): Promise<string[]> {
  const dns = new DnsResolver(dnsOptions)
  return bothFamilies([dns.resolve4(name), dns.resolve6(name)])
}

async function bothFamilies(answers: readonly Promise<string[]>[]): Promise<string[]> {
  const settled = await Promise.allSettled(answers)
  const addresses = settled.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  const failure = settled.find((answer) => answer.status === 'rejected')
  if (addresses.length === 0) throw failure?.reason ?? new Error('no addresses')
  return addresses
}

/** Asks the operating system, which also knows `/etc/hosts`: for names that the operator gave. */
export async function resolveBySystem(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}
