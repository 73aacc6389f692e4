import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { createUser } from '../requests.ts'
import { urns } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'

/** An account as a provisioning policy makes it. */
export function profileOf(person: Person): JsonObject {
  const { givenName, familyName } = person
  return {
    schemas: [urns.user, urns.enterpriseUser],
    userName: loginOf(person),
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    emails: [{ type: 'work', value: loginOf(person), primary: true }],
    active: true,
    [urns.enterpriseUser]: { department: 'Claims' },
  }
}

export function createStep(person: Person): Step {
  return createUser(person, profileOf(person), profileOf(person))
}
