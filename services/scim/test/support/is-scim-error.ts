import type { Test } from 'tap'
import { type Answer, urns } from './scim-client.ts'

export const scimMediaType = 'application/scim+json; charset=utf-8'

/** A SCIM Error as RFC 7644 §3.12 wants it, and nothing besides. */
export function isScimError(t: Test, answer: Answer, status: number, scimType?: string, what = ''): void {
  const { detail, ...rest } = answer.body
  const shape = { schemas: [urns.error], status: String(status), ...(scimType === undefined ? {} : { scimType }) }
  t.same([answer.status, rest], [status, shape], `${what} ${status} ${detail}`)
  t.equal(answer.headers.get('content-type'), scimMediaType, what)
  t.match(detail, /^\S.{5,}/, what)
}
