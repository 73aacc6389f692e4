import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import { createPace } from '../http/pace.ts'
import { jsonOf } from '../http/source-answer.ts'
import { createSourceFetch, type SourceAnswer } from '../http/source-fetch.ts'
import { AccessTokens } from './access-tokens.ts'
import type { OktaConfig } from './config.ts'
import { credentialsOf } from './credentials.ts'
import { failureOfAnswer } from './failures.ts'
import { nextPath } from './next-path.ts'
import { originOf } from './okta-origin.ts'
import { mindLimit } from './rate-limit.ts'
import { createSdkHttp, type SdkRequest } from './sdk.ts'

export interface OktaAnswer {
  json: unknown
  /** The next page of a list, as path and query. */
  next: string | undefined
}

/** How one organization is asked. */
export interface OktaSession {
  /** Whether the connection is encrypted. */
  isEncrypted: boolean
  /** Whether it is asked by the token of a user, not as an app. */
  isUser: boolean
  /** GET, by path and query. @throws ConnectorError; `OktaNotFound` for what Okta says is not there */
  ask(path: string): Promise<OktaAnswer>
}

/** @throws MusterError `invalidValue` without credentials */
export function openSession(config: OktaConfig, context: ConnectorContext): OktaSession {
  const origin = originOf(config.domain)
  const credentials = credentialsOf(config)
  const fetch = createSourceFetch(context, { origins: [origin] })
  const pace = createPace(context)
  const tokens = 'clientId' in credentials ? new AccessTokens({ baseUrl: origin, ...credentials }, fetch) : undefined
  const execute = async ({ url, headers }: SdkRequest): Promise<SourceAnswer> => {
    const answer = await fetch({ url, headers })
    mindLimit(answer, pace)
    if (answer.status !== 200) throw failureOfAnswer(answer, url)
    return answer
  }
  const http = createSdkHttp({ requestExecutor: { fetch: execute }, oauth: tokens })
  if ('apiToken' in credentials) http.defaultHeaders.Authorization = `SSWS ${credentials.apiToken}`
  // In capitals: it is part of what a proof is signed for.
  const get = (url: string) =>
    pace.run(() => http.http(url, { method: 'GET', headers: { Accept: 'application/json' } }))
  return {
    isEncrypted: origin.startsWith('https:'),
    isUser: tokens === undefined,
    ask: async (path) => {
      const { href } = new URL(path, origin)
      const answer = await get(href).catch((error: unknown) => {
        if (tokens === undefined || !(error instanceof ConnectorError && error.code === 'credentials')) throw error
        // It may have been revoked before its time.
        tokens.forget()
        return get(href)
      })
      return { json: jsonOf('Okta', answer), next: nextPath(answer, origin) }
    },
  }
}
