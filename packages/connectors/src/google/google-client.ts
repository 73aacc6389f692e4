import { admin, auth } from 'googleapis/build/src/apis/admin/index.js'
import type { GoogleConfig } from './config.ts'
import type { Endpoints } from './endpoints.ts'
import { privateKeyPem } from './private-key.ts'

const scopes = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  'https://www.googleapis.com/auth/admin.directory.group.readonly',
  'https://www.googleapis.com/auth/admin.directory.group.member.readonly',
]

/** The one universe that has Workspace; without a word the SDK asks the environment. */
const universeDomain = 'googleapis.com'

/** Of the SDK's retries none is left: neither those of calls nor those of the request for a token, which it asks for each time. */
const noRetries = { retryConfig: { retry: 0, noResponseRetries: 0 } } as const

export type DirectoryApi = ReturnType<typeof directoryApi>['api']

/** The SDK with a sign-in of its own. It asks for a token with its first call and when that one ends. */
export function directoryApi(config: GoogleConfig, endpoints: Endpoints, fetch: typeof globalThis.fetch) {
  const signIn = new auth.JWT({
    email: config.serviceAccountEmail,
    key: privateKeyPem(config.privateKey),
    subject: config.delegatedAdminEmail,
    scopes,
    universeDomain,
    transporterOptions: { fetchImplementation: fetch, ...noRetries },
    // These parameters also write tokens to a log, when the environment says so (GOOGLE_SDK_NODE_LOGGING).
    useAuthRequestParameters: false,
  })
  const api = admin({
    version: 'directory_v1',
    auth: signIn,
    rootUrl: endpoints.apiUrl,
    universeDomain,
  })
  return { api, isSignedIn: () => typeof signIn.credentials.access_token === 'string' }
}
