import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { createUser } from '../requests.ts'
import { urns } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'

/** The attributes that the guides tell to map. */
export function profileOf(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user, urns.enterpriseUser],
    userName: loginOf(person),
    externalId: `rp-${key}-{{run}}`,
    name: { givenName, familyName },
    emails: [{ value: loginOf(person), primary: true, type: 'work' }],
    active: true,
    [urns.enterpriseUser]: { employeeNumber: '2041' },
  }
}

export function createStep(person: Person): Step {
  return createUser(person, profileOf(person), profileOf(person))
}
