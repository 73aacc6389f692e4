import { MusterError } from '@muster/runtime/errors'
import { isObject, shownName } from './json.ts'
import type { Profile } from './profile.ts'

/** The members of a message or of a part of it by lower-case name. A map, so that no name reaches a prototype. */
export type MessageMembers = ReadonlyMap<string, unknown>

/**
 * Reads the body of a protocol message, for example a `BulkRequest` (RFC 7644 §3.1).
 * @throws `invalidSyntax` for what is no object, has a member twice, or does not name the message in `schemas`
 */
export function readMessage(body: unknown, message: string, profile: Pick<Profile, 'optionalSchemas'>): MessageMembers {
  if (!isObject(body)) throw new MusterError('invalidSyntax', 'The body must be a JSON object')
  const members = membersOf(body, 'The body')
  checkSchema(members.get('schemas'), message, profile)
  return members
}

/** Reads a part of a message, which stands at `at`. @throws `invalidSyntax` for what is no object or has a member twice */
export function readMessagePart(part: unknown, at: string): MessageMembers {
  if (!isObject(part)) throw new MusterError('invalidSyntax', `${at} must be an object`)
  return membersOf(part, at)
}

export function messageSchema(message: string): string {
  return `urn:ietf:params:scim:api:messages:2.0:${message}`
}

/** Names match in any case (RFC 7643 §2.1): of two that differ in nothing else nobody can tell which one was meant. */
function membersOf(object: Record<string, unknown>, at: string): MessageMembers {
  const members = new Map<string, unknown>()
  for (const [name, value] of Object.entries(object)) {
    const key = name.toLowerCase()
    if (members.has(key)) throw new MusterError('invalidSyntax', `${at} has ${shownName(name)} twice`)
    members.set(key, value)
  }
  return members
}

function checkSchema(schemas: unknown, message: string, profile: Pick<Profile, 'optionalSchemas'>): void {
  if (profile.optionalSchemas && (schemas === undefined || schemas === null)) return
  const urn = messageSchema(message).toLowerCase()
  const given = Array.isArray(schemas) ? schemas : [schemas]
  if (given.some((name) => typeof name === 'string' && name.toLowerCase() === urn)) return
  throw new MusterError('invalidSyntax', `schemas must name the ${message} message`)
}
