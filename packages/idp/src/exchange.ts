import { MusterError } from '@muster/runtime/errors'
import type { Json, JsonObject } from './json.ts'

/** One HTTP request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: JsonObject
}

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The text as JSON; undefined when it is empty or no JSON. */
  readonly body: Json | undefined
  /** From sending the request to having the whole answer, in milliseconds. */
  readonly durationMs: number
}

/**
 * Sends one request and reads the whole answer. Redirects are not followed: a provisioning client would not hand its
 * token to another address either. Throws `unavailable` when there is no complete answer in time.
 */
export async function exchange(request: WireRequest, signal: AbortSignal): Promise<Answer> {
  const sentAt = performance.now()
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      signal,
      ...(request.body && { body: JSON.stringify(request.body) }),
    })
    const text = await response.text()
    const durationMs = performance.now() - sentAt
    const headers = Object.fromEntries(response.headers)
    return { status: response.status, headers, text, body: parse(text), durationMs }
  } catch (error) {
    throw new MusterError('unavailable', `${request.method} ${request.url} got no answer: ${reason(error)}`, {
      cause: error,
    })
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'timed out'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}
