import { userCreated } from '../event-patterns.ts'
import type { JsonObject } from '../json.ts'
import { created, urns } from '../scim-messages.ts'
import type { EventExpectation, Step } from '../transcript.ts'

/** Somebody in the scope of the app. `key` names the captured variables: `noor` has the SCIM id `noorId`. */
export interface EntraPerson {
  readonly key: string
  readonly givenName: string
  readonly familyName: string
}

/** User principal name of a person, unique to the run. */
export function loginOf({ key }: EntraPerson): string {
  return `${key}.{{run}}@example.test`
}

/** The attributes of a person's create that a server keeps as they are. */
export function profileOf(person: EntraPerson): JsonObject {
  const { key, givenName, familyName } = person
  return {
    externalId: `{{guid:${key}}}`,
    userName: loginOf(person),
    active: true,
    displayName: `${givenName} ${familyName}`,
    emails: [{ primary: true, type: 'work', value: loginOf(person) }],
    name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
  }
}

/** An ordinary create: with `meta`, an empty `roles`, and the enterprise schema even if nothing of it follows. */
export function createStep(person: EntraPerson): Step {
  const profile = profileOf(person)
  return {
    name: `create ${person.key}`,
    method: 'POST',
    path: '/Users',
    body: { schemas: [urns.user, urns.enterpriseUser], ...profile, meta: { resourceType: 'User' }, roles: [] },
    expect: created('User', `${person.key}Id`, { schemas: [urns.user], ...profile }),
    capture: { [`${person.key}Id`]: 'id' },
  }
}

/** What that create puts into the log. */
export function createEvents(person: EntraPerson): EventExpectation[] {
  const { key, givenName, familyName } = person
  const login = loginOf(person)
  return userCreated(
    key,
    { email: login, username: login, firstName: givenName, lastName: familyName, idpId: `{{guid:${key}}}` },
    { userName: login },
  )
}
