import type { PagePosition } from '../lists/page-plan.ts'
import { type JsonText, joinTexts } from './json-text.ts'

/** A ListResponse (RFC 7644 §3.4.2, RFC 9865 §2.2) around resources that are JSON text already. */
export function listText(resources: readonly JsonText[], position: PagePosition): JsonText {
  const head = { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], ...position }
  const opening = `${JSON.stringify(head).slice(0, -1)},"itemsPerPage":${resources.length},"Resources":[`
  return joinTexts(opening, resources, ']}')
}
