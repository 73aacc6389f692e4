import type { JsonObject } from '../json.ts'
import { absent } from '../patterns.ts'
import { createdEvents, loginOf, type Person } from '../person.ts'
import { created, urns } from '../scim-messages.ts'
import type { EventExpectation, Step } from '../transcript.ts'

/** The attributes that Okta's profile mapping sends; a PUT repeats them all. */
export function profileOf(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user],
    userName: loginOf(person),
    name: { givenName, familyName },
    emails: [{ primary: true, value: loginOf(person), type: 'work' }],
    displayName: `${givenName} ${familyName}`,
    locale: 'en-US',
    externalId: `00u${key}{{run}}`,
    active: true,
  }
}

/** A create as Okta sends it: with an empty `groups` and a random `password`, even where password sync is off. */
export function createStep(person: Person): Step {
  const profile = profileOf(person)
  return {
    name: `create ${person.key}`,
    method: 'POST',
    path: '/Users',
    body: { ...profile, groups: [], password: 'Pw1-{{guid:password}}' },
    expect: created('User', `${person.key}Id`, { ...profile, groups: absent }),
    capture: { [`${person.key}Id`]: 'id' },
  }
}

/** What that create puts into the log. The password is nowhere. */
export function createEvents(person: Person): EventExpectation[] {
  return createdEvents(person, { idpId: `00u${person.key}{{run}}` }, { locale: 'en-US', password: absent })
}
