import type { MusterError } from '@muster/runtime/errors'
import { scimErrorBody } from '../error-body.ts'
import type { JsonObject } from '../json.ts'
import { messageSchema } from '../message.ts'

/** What became of one operation. */
export interface BulkResult {
  readonly method: string | undefined
  readonly bulkId: string | undefined
  /** Undefined for a POST that failed. */
  readonly location: string | undefined
  /** The resource's entity tag; undefined when it is gone or did not change hands. */
  readonly version: string | undefined
  /** The status, or why the operation failed. */
  readonly outcome: number | MusterError
}

/** A BulkResponse (RFC 7644 §3.7, erratum 7916): `status` is a string, a failed operation has a SCIM Error. */
export function bulkResponse(results: readonly BulkResult[]): JsonObject {
  return { schemas: [messageSchema('BulkResponse')], Operations: results.map(resultBody) }
}

function resultBody({ method, bulkId, location, version, outcome }: BulkResult): JsonObject {
  return {
    ...(method === undefined ? {} : { method }),
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    ...(location === undefined ? {} : { location }),
    ...(typeof outcome === 'number'
      ? { status: String(outcome) }
      : { status: String(outcome.status), response: scimErrorBody(outcome) }),
  }
}
