import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { urns } from '../scim-messages.ts'

interface Changes {
  readonly active?: 'true' | 'false'
  readonly title?: string
  readonly managerId?: string
}

/** What a usual template renders: macros become strings, whatever their type; a macro without a value becomes "". */
export function rendered(person: Person, { active = 'true', title = '', managerId = '' }: Changes = {}): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user, urns.enterpriseUser],
    id: null,
    userName: loginOf(person),
    externalId: `ol-${key}-{{run}}`,
    displayName: `${givenName} ${familyName}`,
    name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
    emails: { value: loginOf(person), type: 'work', primary: 'true' },
    active,
    title,
    [urns.enterpriseUser]: { department: 'Logistics', manager: { managerId, displayName: '' } },
  }
}

/** What is kept of it. */
export function kept(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    userName: loginOf(person),
    externalId: `ol-${key}-{{run}}`,
    name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
    emails: [{ value: loginOf(person), type: 'work', primary: true }],
    [urns.enterpriseUser]: { department: 'Logistics' },
  }
}
