import { X509Certificate } from 'node:crypto'
import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node'
import { ConnectorError } from '../connector-error.ts'
import { jsonOf } from '../http/source-answer.ts'
import type { SourceFetch } from '../http/source-fetch.ts'
import type { TenantPlaces } from './clouds.ts'
import type { EntraConfig } from './config.ts'
import { failureOfSignIn } from './sign-in-failure.ts'

export interface AccessToken {
  text: string
  /** As `Date.now` counts. */
  expiresAt: number
}

/**
 * One attempt at a token for Graph by the client credentials of the app, through the library. It is given everything that it would
 * look up otherwise (endpoints, cloud, region), and forgets all afterwards: nothing of a directory is left for another.
 * @throws ConnectorError
 */
export async function acquireToken(
  config: EntraConfig,
  { tokenUrl, scope }: TenantPlaces,
  fetch: SourceFetch,
): Promise<AccessToken> {
  let failure: unknown
  let asked = false
  const networkClient: INetworkModule = {
    sendGetRequestAsync: () => Promise.reject(new TypeError('The sign-in library looks nothing up')),
    sendPostRequestAsync: async (url, options) => {
      asked = true
      try {
        const { headers = {}, body = '' } = options ?? {}
        const answer = await fetch({ url, method: 'POST', headers, body })
        if (answer.status !== 200) throw failureOfSignIn(answer)
        const said = jsonOf('The sign-in of Microsoft Entra ID', answer)
        return { status: answer.status, headers: { ...answer.headers }, body: said as never }
      } catch (error) {
        // The library would put an error of its own in its place.
        failure = error
        throw error
      }
    },
  }
  try {
    const app = new ConfidentialClientApplication({ auth: authOf(config, tokenUrl), system: { networkClient } })
    const request = { scopes: [scope], skipCache: true, azureRegion: 'DisableMsalForceRegion' }
    const token = await app.acquireTokenByClientCredential(request)
    // What is no token comes as an empty text.
    if (token !== null && token.accessToken !== '') {
      return { text: token.accessToken, expiresAt: token.expiresOn?.getTime() ?? 0 }
    }
  } catch {
    // Its errors carry what was sent; what they say of answers, we have said already.
    if (failure !== undefined) throw failure
    if (!asked) throw new ConnectorError('configuration', 'The app cannot sign in with what is configured.')
  }
  throw new ConnectorError('protocol', 'The sign-in of Microsoft Entra ID answered without a token.')
}

function authOf(config: EntraConfig, tokenUrl: string) {
  const { host, origin } = new URL(tokenUrl)
  // The library refuses an authority that is not https; where requests go, the metadata says.
  const authority = `https://${host}/${config.tenantId}`
  const authorityMetadata = JSON.stringify({
    token_endpoint: tokenUrl,
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${origin}/${config.tenantId}/oauth2/v2.0/authorize`,
    jwks_uri: `${origin}/${config.tenantId}/discovery/v2.0/keys`,
  })
  const known = { clientId: config.clientId, authority, authorityMetadata, knownAuthorities: [host] }
  const { clientSecret, clientCertificate, privateKey = '' } = config
  if (clientCertificate === undefined) return { ...known, clientSecret: clientSecret ?? '' }
  const thumbprintSha256 = new X509Certificate(clientCertificate).fingerprint256.replaceAll(':', '')
  return { ...known, clientCertificate: { thumbprintSha256, privateKey } }
}
