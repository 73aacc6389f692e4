import { MusterError } from '@muster/runtime/errors'
import type { Profile } from './profile.ts'

/** The members of a protocol message or of a part of it, by lower-case name: names match in any case (RFC 7643 §2.1). */
export function messageMembers(object: Record<string, unknown>): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]))
}

/**
 * Checks that `schemas` names the protocol message, for example `BulkRequest` (RFC 7644 §3.1).
 * @throws `invalidSyntax`
 */
export function checkMessageSchema(schemas: unknown, message: string, profile: Pick<Profile, 'optionalSchemas'>): void {
  if (profile.optionalSchemas && (schemas === undefined || schemas === null)) return
  const urn = messageSchema(message).toLowerCase()
  const given = Array.isArray(schemas) ? schemas : [schemas]
  if (given.some((name) => typeof name === 'string' && name.toLowerCase() === urn)) return
  throw new MusterError('invalidSyntax', `schemas must name the ${message} message`)
}

export function messageSchema(message: string): string {
  return `urn:ietf:params:scim:api:messages:2.0:${message}`
}
