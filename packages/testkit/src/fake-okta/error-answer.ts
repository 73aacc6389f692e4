import { randomBytes } from 'node:crypto'
import type { FakeAnswer } from '../fake-http/index.ts'

/** Okta's errors by their codes (developer.okta.com/docs/reference/error-codes). */
const errors = {
  E0000001: { status: 400, summary: 'Api validation failed: {}' },
  E0000006: { status: 403, summary: 'You do not have permission to perform the requested action' },
  E0000007: { status: 404, summary: 'Not found: Resource not found: {}' },
  E0000011: { status: 401, summary: 'Invalid token provided' },
  E0000031: { status: 400, summary: 'Invalid search criteria.' },
  E0000047: { status: 429, summary: 'API call exceeded rate limit due to too many requests.' },
} as const

export type OktaErrorCode = keyof typeof errors

/** An error as Okta's API tells it. */
export function errorAnswer(code: OktaErrorCode, about = '', headers: FakeAnswer['headers'] = {}): FakeAnswer {
  const { status, summary } = errors[code]
  const errorSummary = summary.replace('{}', about)
  const errorId = `oae${randomBytes(12).toString('base64url')}`
  return { status, headers, body: { errorCode: code, errorSummary, errorLink: code, errorId, errorCauses: [] } }
}
