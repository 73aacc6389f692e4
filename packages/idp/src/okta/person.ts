import { userCreated } from '../event-patterns.ts'
import type { JsonObject } from '../json.ts'
import { absent } from '../patterns.ts'
import { created, urns } from '../scim-messages.ts'
import type { EventExpectation, Step } from '../transcript.ts'

/** Somebody assigned to the app. `key` names the captured variables: `adaId` is the SCIM id of `ada`. */
export interface OktaPerson {
  readonly key: string
  readonly givenName: string
  readonly familyName: string
}

/** Login and address of a person, unique to the run. */
export function loginOf({ key }: OktaPerson): string {
  return `${key}.{{run}}@example.test`
}

/** The attributes that Okta's profile mapping sends; a PUT repeats them all. */
export function profileOf(person: OktaPerson): JsonObject {
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
export function createStep(person: OktaPerson): Step {
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
export function createEvents(person: OktaPerson): EventExpectation[] {
  const { key, givenName, familyName } = person
  const login = loginOf(person)
  return userCreated(
    key,
    {
      email: login,
      username: login,
      firstName: givenName,
      lastName: familyName,
      idpId: `00u${key}{{run}}`,
    },
    { userName: login, locale: 'en-US', password: absent },
  )
}
