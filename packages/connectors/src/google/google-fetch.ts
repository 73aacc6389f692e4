import { ConnectorError } from '../connector-error.ts'
import { errorDocument } from '../http/error-document.ts'
import type { SourceAnswer, SourceFetch, SourceRequest } from '../http/source-fetch.ts'
import { apiFailure } from './api-failure.ts'
import type { Endpoints } from './endpoints.ts'
import { tokenFailure } from './token-failure.ts'

/**
 * Headers that are left out. The way out unpacks nothing, so that nothing may come packed, whatever the SDK asks for; who we are
 * it says itself.
 */
const ownHeaders = new Set(['accept-encoding', 'user-agent'])

/**
 * The transport of the SDK, in place of its own: every request of it goes out here, and every answer that is no success is a
 * ConnectorError before the SDK sees it.
 */
export function createGoogleFetch(fetch: SourceFetch, endpoints: Endpoints): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const asked = String(input instanceof Request ? input.url : input)
    const isToken = endpoints.isToken(asked)
    const answer = await fetch(sourceRequest(endpoints.addressOf(asked), init))
    // An answer without a body is the end of a channel.
    if (answer.status === 204) return new Response(null, { status: 204 })
    if (answer.status !== 200) {
      throw isToken ? tokenFailure(answer) : apiFailure(answer, new URL(asked).searchParams.has('pageToken'))
    }
    if (isToken) assertToken(answer)
    return new Response(answer.body, { headers: { 'content-type': 'application/json' } })
  }
}

function sourceRequest(url: string, { method = 'GET', headers, body }: RequestInit): SourceRequest {
  const sent = new Headers(headers)
  if (body instanceof URLSearchParams) sent.set('content-type', 'application/x-www-form-urlencoded')
  return {
    url,
    method: method as NonNullable<SourceRequest['method']>,
    headers: Object.fromEntries([...sent].filter(([name]) => !ownHeaders.has(name))),
    ...(body !== undefined && body !== null && { body: String(body) }),
  }
}

/** Without one the SDK would go on as "undefined", and be refused for the wrong reason. */
function assertToken(answer: SourceAnswer): void {
  const { access_token: token } = errorDocument(answer)
  if (typeof token === 'string' && token !== '') return
  throw new ConnectorError('protocol', 'Google answered without a token.')
}
