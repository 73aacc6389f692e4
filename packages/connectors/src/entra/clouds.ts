import type { EntraConfig } from './config.ts'

/**
 * Where Microsoft's clouds sign apps in and serve Graph. They know nothing of each other
 * (https://learn.microsoft.com/en-us/graph/deployments). GCC is in the global one, GCC High is `usGov`.
 */
const clouds = {
  global: { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  usGov: { login: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  usGovDod: { login: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: { login: 'https://login.chinacloudapi.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
} as const satisfies Record<NonNullable<EntraConfig['cloud']>, { login: string; graph: string }>

/** The places of one tenant. */
export interface TenantPlaces {
  /** Tokens come from here: URL of the endpoint. */
  tokenUrl: string
  /** Graph without its version; no slash at the end. */
  graphUrl: string
  /** What tokens are asked for, whatever way Graph is reached by. */
  scope: string
}

export function placesOf({ tenantId, cloud = 'global', loginUrl, graphUrl }: EntraConfig): TenantPlaces {
  const { login, graph } = clouds[cloud]
  return {
    tokenUrl: `${withoutSlash(loginUrl ?? login)}/${tenantId}/oauth2/v2.0/token`,
    graphUrl: withoutSlash(graphUrl ?? graph),
    scope: `${graph}/.default`,
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
