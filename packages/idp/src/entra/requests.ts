import type { Json, JsonObject } from '../json.ts'
import { absent, endsWith } from '../patterns.ts'
import { done, found, patchOf, urns } from '../scim-messages.ts'
import type { AnswerExpectation, Step } from '../transcript.ts'
import type { EntraPerson } from './person.ts'

/** An attribute of the enterprise extension, as Entra addresses it. */
export function enterprise(attribute: string): string {
  return `${urns.enterpriseUser}:${attribute}`
}

/** PATCH of a user; the answer shows the whole of it (RFC 7644 §3.5.2). */
export function patchUser(name: string, key: string, expect: JsonObject, ...operations: readonly JsonObject[]): Step {
  const path = `/Users/{{${key}Id}}`
  return { name, method: 'PATCH', path, body: patchOf(...operations), expect: found({ id: `{{${key}Id}}`, ...expect }) }
}

/** PATCH of a group; Entra recommends 204 for it, since a large group would come back whole. */
export function patchGroup(name: string, key: string, ...operations: readonly JsonObject[]): Step {
  return { name, method: 'PATCH', path: `/Groups/{{${key}Id}}`, body: patchOf(...operations), expect: done }
}

export function readUser(name: string, key: string, body: JsonObject): Step {
  return { name, method: 'GET', path: `/Users/{{${key}Id}}`, expect: found(body) }
}

export function readGroup(name: string, key: string, body: JsonObject): Step {
  return { name, method: 'GET', path: `/Groups/{{${key}Id}}`, expect: found(body) }
}

/** Entra reads groups without their members, which it could not bear for a large one. */
export function readGroupWithoutMembers(name: string, key: string, body: JsonObject): Step {
  const step = readGroup(name, key, { ...body, members: absent })
  return { ...step, query: { excludedAttributes: 'members' } }
}

export function findUsers(name: string, filter: string, expect: AnswerExpectation): Step {
  return { name, method: 'GET', path: '/Users', query: { filter }, expect }
}

export function findGroups(name: string, filter: string, expect: AnswerExpectation): Step {
  return { name, method: 'GET', path: '/Groups', query: { excludedAttributes: 'members', filter }, expect }
}

/** Members as Entra names them: `$ref` is there, and null. */
export function namedMembers(...people: readonly EntraPerson[]): Json {
  return people.map(({ key }) => ({ $ref: null, value: `{{${key}Id}}` }))
}

/** A member as the server shows it. */
export function memberOf({ key }: EntraPerson): JsonObject {
  return { value: `{{${key}Id}}`, type: 'User', $ref: endsWith(`/Users/{{${key}Id}}`) }
}
