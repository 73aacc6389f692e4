import type { Json, JsonObject } from './json.ts'
import { absent, anyInteger, anyString, endsWith } from './patterns.ts'
import type { AnswerExpectation, Dialect } from './transcript.ts'

/** Schema URNs of RFC 7643 §8 and message URNs of RFC 7644 §8.2. */
export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterpriseUser: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  listResponse: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patchOp: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const

export const scimMediaType = 'application/scim+json' satisfies Dialect['mediaType']

/** A PATCH body (RFC 7644 §3.5.2). */
export function patchOf(...operations: readonly JsonObject[]): JsonObject {
  return { schemas: [urns.patchOp], Operations: operations }
}

/** 201 with `Location`, and the whole resource; `type` is both `meta.resourceType` and the singular of the endpoint. */
export function created(type: 'User' | 'Group', idVariable: string, body: JsonObject): AnswerExpectation {
  const location = endsWith(`/${type}s/{{${idVariable}}}`)
  const meta = { resourceType: type, created: anyString, lastModified: anyString, location, version: anyString }
  return { status: 201, headers: { location }, body: { id: `{{${idVariable}}}`, meta, password: absent, ...body } }
}

/** 200 with a resource like this. */
export function found(body: JsonObject): AnswerExpectation {
  return { status: 200, body: { password: absent, ...body } }
}

/** 204: done, nothing to show. */
export const done: AnswerExpectation = { status: 204 }

/** Done, with or without the resource in the answer: for clients that look at the status only. */
export const accepted: AnswerExpectation = { status: [200, 204] }

/** A page of exactly these resources, with all three counts. */
export function listOf(...resources: readonly Json[]): AnswerExpectation {
  return {
    status: 200,
    body: {
      schemas: [urns.listResponse],
      totalResults: resources.length,
      startIndex: 1,
      itemsPerPage: resources.length,
      Resources: resources,
    },
  }
}

/** A page of a list whose length the transcript cannot know, because the directory holds others too. */
export function pageOf(itemsPerPage: Json, resources: Json): AnswerExpectation {
  const counts = { totalResults: anyInteger, startIndex: 1, itemsPerPage }
  return { status: 200, body: { schemas: [urns.listResponse], ...counts, Resources: resources } }
}

/** RFC 7644 §3.12: `status` is a string. */
export const notFound: AnswerExpectation = { status: 404, body: { schemas: [urns.error], status: '404' } }

export const duplicate: AnswerExpectation = {
  status: 409,
  body: { schemas: [urns.error], status: '409', scimType: 'uniqueness' },
}
