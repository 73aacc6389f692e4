import { MusterError } from '@muster/runtime/errors'
import { Answer } from './answer.ts'

/** Where a server is and how to get in. */
export interface Target {
  /** The SCIM base URL: what stands before `/Users`. */
  readonly baseUrl: string
  readonly token: string
}

export interface RequestOptions {
  readonly method: string
  /** Below the base URL, or an absolute URL. */
  readonly path: string
  /** Text goes as it is, anything else as JSON. */
  readonly body?: unknown
  /** A header that is undefined is not sent, whatever it would be by default. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** False sends no credentials, a text sends that as bearer token. */
  readonly token?: false | string
}

const scimMediaType = 'application/scim+json'
const mostAnswerCharacters = 20_000

/**
 * Sends one request and reads the whole answer. Redirects are not followed: a client would not take its token elsewhere
 * either. Throws `unavailable` when there is no complete answer.
 */
export async function send(target: Target, options: RequestOptions, signal: AbortSignal): Promise<Answer> {
  const { method, path } = options
  const url = /^https?:/.test(path) ? path : `${target.baseUrl}${path}`
  const body =
    options.body === undefined || typeof options.body === 'string' ? options.body : JSON.stringify(options.body)
  try {
    const response = await fetch(url, {
      method,
      headers: headersOf(target, options),
      redirect: 'manual',
      signal,
      // As bytes: fetch would call a text `text/plain` where no media type is wanted.
      ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
    })
    const text = await response.text()
    const exchange = { method, path, body, status: response.status, answer: text.slice(0, mostAnswerCharacters) }
    return new Answer(exchange, response.headers, text)
  } catch (error) {
    throw new MusterError('unavailable', `${method} ${url} got no answer: ${reason(error)}`, { cause: error })
  }
}

function headersOf({ token: ownToken }: Target, { token = ownToken, headers, body }: RequestOptions): Headers {
  const all = {
    accept: scimMediaType,
    authorization: token === false ? undefined : `Bearer ${token}`,
    'content-type': body === undefined ? undefined : scimMediaType,
    ...headers,
  }
  return new Headers(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'timed out'
  if (error.name === 'AbortError') return 'interrupted'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}
