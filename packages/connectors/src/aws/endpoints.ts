import type { AwsConfig } from './config.ts'

/** Domains of AWS by how the names of regions begin ("AWS service endpoints"); those of all others are in the public one. */
const domains: readonly (readonly [regions: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
]
const publicDomain = 'amazonaws.com'

/** The origins of the two services that are called. */
export interface Endpoints {
  identityStore: string
  tokenService: string
}

/** Worked out here and not by the SDK, which would also ask environment and files. */
export function endpointsOf({ region, endpoint, stsEndpoint }: AwsConfig): Endpoints {
  const domain = domains.find(([regions]) => region.startsWith(regions))?.[1] ?? publicDomain
  return {
    identityStore: new URL(endpoint ?? `https://identitystore.${region}.${domain}`).origin,
    tokenService: new URL(stsEndpoint ?? `https://sts.${region}.${domain}`).origin,
  }
}
