import { randomUUID } from 'node:crypto'
import type { FakeAnswer } from '../fake-http/index.ts'

/** An error as Graph says it (https://learn.microsoft.com/en-us/graph/errors#json-representation). */
export function graphError(status: number, code: string, message: string, headers = {}): FakeAnswer {
  const innerError = { date: new Date().toISOString().slice(0, 19), 'request-id': randomUUID() }
  return { status, headers, body: { error: { code, message, innerError } } }
}

/** The position is forgotten: 410 with the address of a first round. */
export function syncReset(origin: string, list: 'users' | 'groups'): FakeAnswer {
  const location = `${origin}/v1.0/${list}/delta?$deltatoken=`
  return graphError(410, 'resyncRequired', 'Resync is required.', { location })
}

/** An error of the sign-in (https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes). */
export function signInError(status: number, error: string, number: number, message: string): FakeAnswer {
  const trace = { trace_id: randomUUID(), correlation_id: randomUUID(), timestamp: new Date().toISOString() }
  const body = { error, error_description: `AADSTS${number}: ${message}`, error_codes: [number], ...trace }
  return { status, body }
}
