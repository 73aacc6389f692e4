import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { createUser } from '../requests.ts'
import { urns } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'

/** The attributes that JumpCloud maps, all of the core schema. */
export function profileOf(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user],
    userName: loginOf(person),
    externalId: `jc-${key}-{{run}}`,
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    emails: [{ value: loginOf(person), type: 'work', primary: true }],
    active: true,
  }
}

export function createStep(person: Person): Step {
  return createUser(person, profileOf(person), profileOf(person))
}
