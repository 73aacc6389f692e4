import { userCreated } from './event-patterns.ts'
import type { JsonObject } from './json.ts'
import { endsWith } from './patterns.ts'
import type { EventExpectation } from './transcript.ts'

/** Somebody the identity provider knows. `key` names the captured variables: `ada` has the SCIM id `adaId`. */
export interface Person {
  readonly key: string
  readonly givenName: string
  readonly familyName: string
}

/** Login and address of a person, unique to the run. */
export function loginOf({ key }: Person): string {
  return `${key}.{{run}}@example.test`
}

/** Members by their ids alone, as most clients name them. */
export function memberValues(...people: readonly Person[]): JsonObject[] {
  return people.map(({ key }) => ({ value: `{{${key}Id}}` }))
}

/** A member as the server shows it. */
export function memberOf({ key }: Person): JsonObject {
  return { value: `{{${key}Id}}`, type: 'User', $ref: endsWith(`/Users/{{${key}Id}}`) }
}

/** What a create with login, names and address puts into the log; `user` and `rawAttributes` say what else. */
export function createdEvents(
  person: Person,
  user: JsonObject = {},
  rawAttributes: JsonObject = {},
): EventExpectation[] {
  const { key, givenName, familyName } = person
  const login = loginOf(person)
  const shown = { email: login, username: login, firstName: givenName, lastName: familyName, ...user }
  return userCreated(key, shown, { userName: login, ...rawAttributes })
}
