import type { LookupFunction } from 'node:net'
import type { AllowedHosts } from './allowed-hosts.ts'
import { OutboundError } from './outbound-error.ts'
import { isPublicAddress, parseAddress } from './public-address.ts'
import type { Resolver } from './resolver.ts'

/**
 * What a socket resolves a name by: once, and it connects to none but the addresses that are answered with here. One
 * address that may not be reached refuses all of them.
 */
export function checkedLookup(allowed: AllowedHosts, resolverOf: (name: string) => Resolver): LookupFunction {
  return (hostname, options, callback) => {
    const name = hostname.replace(/\.$/, '')
    resolveChecked(name, allowed, resolverOf(name)).then(
      (addresses) => {
        const chosen = addresses.filter(({ family }) => !options.family || options.family === family)
        const [first] = chosen
        if (first === undefined) callback(new OutboundError('resolve', name), [])
        else if (options.all) callback(null, chosen)
        else callback(null, first.address, first.family)
      },
      (error) => callback(error, []),
    )
  }
}

/**
 * The addresses of a name, all of them checked.
 * @throws OutboundError `resolve`, `addressRefused`
 */
export async function resolveChecked(name: string, allowed: AllowedHosts, resolve: Resolver) {
  const answers = await resolve(name).catch((cause) => {
    throw new OutboundError('resolve', name, { cause })
  })
  return answers.map((answer) => {
    const address = parseAddress(answer)
    const isAllowed = address && (allowed.hasName(name) || allowed.hasAddress(address) || isPublicAddress(address))
    if (!isAllowed) throw new OutboundError('addressRefused', name)
    return { address: address.toString(), family: address.kind() === 'ipv4' ? 4 : 6 }
  })
}
