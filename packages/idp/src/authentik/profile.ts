import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { createUser, get } from '../requests.ts'
import { found, urns } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'

/** What the default mapping makes of a user. */
export function profileOf(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user],
    externalId: `ak-${key}-{{run}}`,
    userName: loginOf(person),
    name: { formatted: `${givenName} ${familyName}`, givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    locale: 'en',
    active: true,
    emails: [{ value: loginOf(person), type: 'other', primary: true }],
    photos: [{ value: 'https://example.test/avatar.png', type: 'photo' }],
  }
}

export function createStep(person: Person): Step {
  return createUser(person, profileOf(person), profileOf(person))
}

/** Every task of authentik begins with this. */
export const readCapabilities = get(
  'read the capabilities',
  '/ServiceProviderConfig',
  {},
  found({ patch: { supported: true }, filter: { supported: true } }),
)
