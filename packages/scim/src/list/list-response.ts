import type { JsonObject } from '../json.ts'

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

interface ListPosition {
  /** All resources that match, not only those of this page. */
  totalResults: number
  /** 1-based. */
  startIndex: number
}

/** A ListResponse (RFC 7644 §3.4.2). `Resources` is there even when it is empty; the numbers are numbers (Okta). */
export function listResponse(resources: JsonObject[], { totalResults, startIndex }: ListPosition): JsonObject {
  return { schemas: [listSchema], totalResults, startIndex, itemsPerPage: resources.length, Resources: resources }
}
