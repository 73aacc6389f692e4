import type { Json, JsonObject } from '../json.ts'
import { absent } from '../patterns.ts'
import type { Person } from '../person.ts'
import { readGroup } from '../requests.ts'
import { done, patchOf, urns } from '../scim-messages.ts'
import type { AnswerExpectation, Step } from '../transcript.ts'

/** An attribute of the enterprise extension, as Entra addresses it. */
export function enterprise(attribute: string): string {
  return `${urns.enterpriseUser}:${attribute}`
}

/** PATCH of a group; Entra recommends 204 for it, since a large group would come back whole. */
export function patchGroup(name: string, key: string, ...operations: readonly JsonObject[]): Step {
  return { name, method: 'PATCH', path: `/Groups/{{${key}Id}}`, body: patchOf(...operations), expect: done }
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
export function namedMembers(...people: readonly Person[]): Json {
  return people.map(({ key }) => ({ $ref: null, value: `{{${key}Id}}` }))
}
