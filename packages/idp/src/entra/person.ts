import type { JsonObject } from '../json.ts'
import { createdEvents, loginOf, type Person } from '../person.ts'
import { created, urns } from '../scim-messages.ts'
import type { EventExpectation, Step } from '../transcript.ts'

/** The attributes of a person's create that a server keeps as they are. */
export function profileOf(person: Person): JsonObject {
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
export function createStep(person: Person): Step {
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
export function createEvents(person: Person): EventExpectation[] {
  return createdEvents(person, { idpId: `{{guid:${person.key}}}` })
}
