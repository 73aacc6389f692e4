import { MusterError } from '@muster/runtime/errors'
import { Answer } from './answer.ts'
import { exchangeHttp } from './http-exchange.ts'

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
  const text = typeof options.body === 'string' ? options.body : JSON.stringify(options.body)
  const body = text === undefined ? undefined : new TextEncoder().encode(text)
  try {
    const request = { method, url: new URL(url), headers: headersOf(target, options), body }
    const { status, headers, text: answer } = await exchangeHttp(request, signal)
    const exchange = { method, path, body: text, status, answer: answer.slice(0, mostAnswerCharacters) }
    return new Answer(exchange, headers, answer)
  } catch (error) {
    throw new MusterError('unavailable', `${method} ${url} got no answer: ${reason(error, signal)}`, { cause: error })
  }
}

function headersOf(
  { token: ownToken }: Target,
  { token = ownToken, headers, body }: RequestOptions,
): Record<string, string> {
  const all: Record<string, string | undefined> = {
    accept: scimMediaType,
    authorization: token === false ? undefined : `Bearer ${token}`,
    'content-type': body === undefined ? undefined : scimMediaType,
    ...headers,
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}

function reason(error: unknown, { aborted, reason: why }: AbortSignal): string {
  if (aborted) return why instanceof Error && why.name === 'TimeoutError' ? 'timed out' : 'interrupted'
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}
