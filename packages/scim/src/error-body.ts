import { errorTable, type MusterError } from '@muster/runtime/errors'
import type { JsonObject } from './json.ts'

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

/**
 * The body of a SCIM error response (RFC 7644 §3.12). `status` is a string; `scimType` appears only for the codes
 * that the RFCs define.
 */
export function scimErrorBody(error: MusterError): JsonObject {
  return {
    schemas: [errorSchema],
    status: String(error.status),
    ...(errorTable[error.code].scim ? { scimType: error.code } : {}),
    detail: error.detail,
  }
}
