import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import { createPace } from '../http/pace.ts'
import { createSourceFetch } from '../http/source-fetch.ts'
import type { SubscriptionContext } from '../notifications.ts'
import type { GoogleConfig } from './config.ts'
import { endpointsOf } from './endpoints.ts'
import { type DirectoryApi, directoryApi } from './google-client.ts'
import { createGoogleFetch } from './google-fetch.ts'
import { type Scope, scopeOf } from './scope.ts'

/** One call of the SDK. */
type Call<Body> = (api: DirectoryApi) => Promise<{ data: Body }>

/** An account of Google's that can be asked. */
export interface GoogleSource {
  config: GoogleConfig
  scope: Scope
  /** What a call of the API answers with. @throws ConnectorError; the reason of the signal when that aborts */
  ask<Body>(call: Call<Body>): Promise<Body>
}

export function openSource(
  config: GoogleConfig,
  context: SubscriptionContext & Partial<Pick<ConnectorContext, 'onThrottled'>>,
): GoogleSource {
  const { signal, onThrottled = () => undefined } = context
  const endpoints = endpointsOf(config)
  const pace = createPace({ ...context, onThrottled })
  const fetch = createGoogleFetch(createSourceFetch(context, { origins: endpoints.origins }), endpoints)
  const signedOut = () => directoryApi(config, endpoints, fetch)
  let client = signedOut()

  const attempt = async <Body>(call: Call<Body>): Promise<Body> => {
    const used = client
    try {
      return await answerTo(call, used.api, signal)
    } catch (error) {
      // A token may be taken back before its time, and the next one be good.
      const isTokenRefused = error instanceof ConnectorError && error.code === 'credentials' && used.isSignedIn()
      if (!isTokenRefused) throw error
      if (client === used) client = signedOut()
      return await answerTo(call, client.api, signal)
    }
  }
  return { config, scope: scopeOf(config), ask: (call) => pace.run(() => attempt(call)) }
}

async function answerTo<Body>(call: Call<Body>, api: DirectoryApi, signal: AbortSignal): Promise<Body> {
  try {
    return (await call(api)).data
  } catch (error) {
    signal.throwIfAborted()
    throw failureOf(error)
  }
}

/** Our own error, which the SDK wraps. Its errors carry the headers of the request: nothing of another one is handed on. */
function failureOf(error: unknown): ConnectorError {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ConnectorError) return at
  return new ConnectorError('protocol', 'Google answered in a way that its SDK does not understand.')
}
