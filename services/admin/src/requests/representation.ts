import type { ScimRequestDetail, ScimRequestView } from '@muster/repository'
import { type Static, Type } from 'typebox'
import { nullableText, timestamp } from '../schema/values.ts'

const nullableNumber = Type.Unsafe<number | null>({ type: ['integer', 'null'] })
const anything = Type.Unsafe<unknown>({ description: 'JSON; null for none.' })

/** A SCIM request and its answer, without the bodies. */
export const requestSchema = Type.Object({
  id: Type.String({ description: 'A UUID: `X-Request-Id` of the answer, and `cause.id` of the events it made.' }),
  organizationId: Type.String(),
  directoryId: Type.String(),
  timestamp,
  durationMs: Type.Number(),
  method: Type.String(),
  path: Type.String({ description: 'Relative to the base URL.' }),
  query: Type.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'], additionalProperties: true }),
  status: Type.Integer(),
  scimType: nullableText,
  detail: nullableText,
  userAgent: nullableText,
  requestMediaType: nullableText,
  requestBytes: nullableNumber,
  answerMediaType: nullableText,
  answerBytes: nullableNumber,
  skippedBefore: Type.Integer({ description: 'Requests of the directory right before this one that were not kept.' }),
})

export const requestDetailSchema = Type.Object({
  ...requestSchema.properties,
  requestBody: anything,
  requestTruncated: Type.Boolean({ description: 'Whether the body was longer than what is kept of it.' }),
  answerBody: anything,
  answerTruncated: Type.Boolean(),
})

export function representRequest(request: ScimRequestView): Static<typeof requestSchema> {
  return { ...request, timestamp: request.timestamp.toISOString() }
}

export function representRequestDetail(request: ScimRequestDetail): Static<typeof requestDetailSchema> {
  return { ...request, timestamp: request.timestamp.toISOString() }
}
