import type { ConnectorContext } from '../connector-context.ts'
import { createPace, type Pace } from '../http/pace.ts'
import { jsonOf } from '../http/source-answer.ts'
import { createSourceFetch, type SourceAnswer, type SourceFetch, type SourceRequest } from '../http/source-fetch.ts'
import { acquireToken } from './access-token.ts'
import { placesOf } from './clouds.ts'
import type { EntraConfig } from './config.ts'
import { failureOfGraph, isGone } from './graph-failure.ts'
import { createTokenHolder, type TokenHolder } from './token-holder.ts'

/** Microsoft Graph as one app sees one tenant. Everything throws ConnectorError for what is no success. */
export interface Graph {
  /** The URL of a resource: `/users`. */
  url(path: string): string
  /** The JSON at a URL, such as Graph gives as the next page. */
  get(url: string): Promise<unknown>
  /** The same; undefined when there is nothing (any more). */
  getIfThere(url: string): Promise<unknown>
  /** The text at a URL that needs the advanced index (`$count`). */
  getText(url: string): Promise<string>
  post(url: string, body: unknown): Promise<unknown>
  /** What is gone already is no failure. */
  delete(url: string): Promise<void>
}

type GraphContext = Pick<ConnectorContext, 'outbound' | 'signal' | 'onThrottled' | 'wait'>

export function openGraph(config: EntraConfig, context: GraphContext): Graph {
  const places = placesOf(config)
  const pace = createPace(context)
  const signIn = createSourceFetch(context, { origins: [new URL(places.tokenUrl).origin] })
  const fetch = createSourceFetch(context, { origins: [new URL(places.graphUrl).origin] })
  const tokens = createTokenHolder(() => pace.run(() => acquireToken(config, places, signIn)))
  const ask = (request: SourceRequest, isExpected: Expected = isSuccess) =>
    askGraph({ fetch, pace, tokens }, request, isExpected)
  const json = (answer: SourceAnswer) => jsonOf('Microsoft Graph', answer)
  return {
    url: (path) => `${places.graphUrl}/v1.0${path}`,
    get: async (url) => json(await ask({ url })),
    getIfThere: async (url) => {
      const answer = await ask({ url }, isGone)
      return isGone(answer) ? undefined : json(answer)
    },
    getText: async (url) => (await ask({ url, headers: { consistencylevel: 'eventual' } })).body,
    post: async (url, body) => {
      const headers = { 'content-type': 'application/json' }
      return json(await ask({ url, method: 'POST', headers, body: JSON.stringify(body) }))
    },
    delete: async (url) => {
      await ask({ url, method: 'DELETE' }, isGone)
    },
  }
}

type Expected = (answer: SourceAnswer) => boolean

function isSuccess({ status }: SourceAnswer): boolean {
  return status >= 200 && status <= 299
}

/** A token may be revoked before its time: one that is refused is replaced once. */
async function askGraph(
  { fetch, pace, tokens }: { fetch: SourceFetch; pace: Pace; tokens: TokenHolder },
  request: SourceRequest,
  isExpected: Expected,
): Promise<SourceAnswer> {
  const askWith = (token: string) =>
    pace.run(async () => {
      const headers = { accept: 'application/json', ...request.headers, authorization: `Bearer ${token}` }
      const answer = await fetch({ ...request, headers })
      if (answer.status !== 401 && !isSuccess(answer) && !isExpected(answer)) throw failureOfGraph(answer, request.url)
      return answer
    })
  const token = await tokens.current()
  const answer = await askWith(token)
  if (answer.status !== 401) return answer
  const again = await askWith(await tokens.instead(token))
  if (again.status === 401) throw failureOfGraph(again, request.url)
  return again
}
