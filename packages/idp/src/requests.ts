import type { JsonObject } from './json.ts'
import { absent, unordered } from './patterns.ts'
import { memberOf, type Person } from './person.ts'
import { accepted, created, done, found, notFound, patchOf } from './scim-messages.ts'
import type { AnswerExpectation, Query, Step } from './transcript.ts'

/** POST of a user; `shown` is what the answer must hold of it. Captures the id. */
export function createUser({ key }: Person, body: JsonObject, shown: JsonObject): Step {
  return {
    name: `create ${key}`,
    method: 'POST',
    path: '/Users',
    body,
    expect: created('User', `${key}Id`, shown),
    capture: { [`${key}Id`]: 'id' },
  }
}

/** POST of a group; `shown` is what the answer must hold of it. Captures the id. */
export function createGroup(name: string, key: string, body: JsonObject, shown: JsonObject): Step {
  return {
    name,
    method: 'POST',
    path: '/Groups',
    body,
    expect: created('Group', `${key}Id`, shown),
    capture: { [`${key}Id`]: 'id' },
  }
}

/** PUT of a user; the answer shows the whole of it. */
export function putUser(name: string, key: string, body: JsonObject, shown: JsonObject): Step {
  return { name, method: 'PUT', path: `/Users/{{${key}Id}}`, body, expect: found({ id: `{{${key}Id}}`, ...shown }) }
}

/** PUT of a group, with or without the group in the answer. */
export function putGroup(name: string, key: string, body: JsonObject): Step {
  return { name, method: 'PUT', path: `/Groups/{{${key}Id}}`, body, expect: accepted }
}

/** PATCH of a user; the answer shows the whole of it (RFC 7644 §3.5.2). */
export function patchUser(name: string, key: string, shown: JsonObject, ...operations: readonly JsonObject[]): Step {
  const path = `/Users/{{${key}Id}}`
  return { name, method: 'PATCH', path, body: patchOf(...operations), expect: found({ id: `{{${key}Id}}`, ...shown }) }
}

/** PATCH of a group, with or without the group in the answer. */
export function patchGroup(name: string, key: string, ...operations: readonly JsonObject[]): Step {
  return { name, method: 'PATCH', path: `/Groups/{{${key}Id}}`, body: patchOf(...operations), expect: accepted }
}

/** GET of one user. */
export function readUser(name: string, key: string, shown: JsonObject): Step {
  return { name, method: 'GET', path: `/Users/{{${key}Id}}`, expect: found({ id: `{{${key}Id}}`, ...shown }) }
}

/** GET of one group. */
export function readGroup(name: string, key: string, shown: JsonObject): Step {
  return { name, method: 'GET', path: `/Groups/{{${key}Id}}`, expect: found({ id: `{{${key}Id}}`, ...shown }) }
}

/** GET of one group whose members are exactly these. */
export function readMembers(name: string, key: string, ...people: readonly Person[]): Step {
  return readGroup(name, key, { members: people.length === 0 ? absent : unordered(people.map(memberOf)) })
}

/** GET of anything else: a list, a discovery document. */
export function get(name: string, path: string, query: Query, expect: AnswerExpectation): Step {
  return { name, method: 'GET', path, query, expect }
}

/** DELETE of something that is there, then once more: a client that got no answer asks again. */
export function deleteTwice(type: 'Users' | 'Groups', key: string): Step[] {
  const path = `/${type}/{{${key}Id}}`
  return [
    { name: `delete ${key}`, method: 'DELETE', path, expect: done },
    { name: `delete ${key} again`, method: 'DELETE', path, expect: notFound },
  ]
}
