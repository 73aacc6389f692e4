import { IdentitystoreClient } from '@aws-sdk/client-identitystore'
import type { SourceFetch } from '../http/source-fetch.ts'
import { assumeRole, roleSeconds } from './assume-role.ts'
import type { AwsConfig } from './config.ts'
import type { Endpoints } from './endpoints.ts'
import { requestHandlerOver } from './request-handler.ts'
import type { AwsKeys } from './signed-headers.ts'

/** Keys of a role are replaced so long before they end. */
const marginSeconds = 300
const usableMilliseconds = (roleSeconds - marginSeconds) * 1_000

/** What the SDK sends along of the environment of this process. */
const unwanted = ['recursionDetectionMiddleware', 'getUserAgentMiddleware']

/** Answers with a client that has valid keys; as often as there are requests. @throws ConnectorError */
export type Session = () => Promise<IdentitystoreClient>

/** A session of the configured key, or of the role that it may assume. */
export function openSession(config: AwsConfig, fetch: SourceFetch, endpoints: Endpoints): Session {
  if (config.roleArn === undefined) {
    const client = openClient(config, config, fetch, endpoints)
    return async () => client
  }
  const begin = async () => {
    const keys = await assumeRole(config, fetch, endpoints.tokenService)
    // By our own count: the two clocks need not agree.
    return { client: openClient(config, keys, fetch, endpoints), end: performance.now() + usableMilliseconds }
  }
  let current: ReturnType<typeof begin> | undefined
  const session: Session = async () => {
    // Whoever comes first asks for everybody.
    current ??= begin()
    const asked = current
    try {
      const { client, end } = await asked
      if (performance.now() < end) return client
    } catch (error) {
      if (current === asked) current = undefined
      throw error
    }
    if (current === asked) current = undefined
    return session()
  }
  return session
}

/** Everything that the SDK would look for in environment, files or at the machine's own addresses is given. */
function openClient(
  { region }: AwsConfig,
  { accessKeyId, secretAccessKey, sessionToken }: AwsKeys,
  fetch: SourceFetch,
  { identityStore }: Endpoints,
): IdentitystoreClient {
  const client = new IdentitystoreClient({
    region,
    endpoint: identityStore,
    ignoreConfiguredEndpointUrls: true,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    requestHandler: requestHandlerOver(fetch),
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    authSchemePreference: [],
    userAgentAppId: async () => undefined,
    // Whoever has another time than AWS is to hear of it.
    disableClockSkewCorrection: true,
  })
  for (const name of unwanted) client.middlewareStack.remove(name)
  return client
}
