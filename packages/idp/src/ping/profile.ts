import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { createUser } from '../requests.ts'
import { urns } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'

/** The attributes that are usually mapped, one value for each type. */
export function profileOf(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user, urns.enterpriseUser],
    externalId: `uid-${key}-{{run}}`,
    userName: loginOf(person),
    name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
    active: true,
    emails: [{ type: 'work', primary: true, value: loginOf(person) }],
    phoneNumbers: [{ type: 'work', value: '+1 303 555 0100' }],
    [urns.enterpriseUser]: { department: 'Trading' },
  }
}

export function createStep(person: Person): Step {
  return createUser(person, profileOf(person), profileOf(person))
}
