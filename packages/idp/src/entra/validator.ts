import { userCreated } from '../event-patterns.ts'
import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { createUser } from '../requests.ts'
import { urns } from '../scim-messages.ts'
import type { EventExpectation, Step } from '../transcript.ts'

/** A user as the SCIM Validator fills it: every attribute of the discovered schema, a role with a boolean string. */
export function validatorProfile(person: Person): JsonObject {
  const { key, givenName, familyName } = person
  return {
    schemas: [urns.user, urns.enterpriseUser],
    userName: loginOf(person),
    active: true,
    displayName: `${givenName} ${familyName}`,
    title: 'Tester',
    preferredLanguage: 'jgo-CM',
    name: {
      formatted: 'Myah',
      familyName,
      givenName,
      middleName: 'Unique',
      honorificPrefix: 'Kiera',
      honorificSuffix: 'Leonie',
    },
    emails: [{ type: 'work', value: loginOf(person), primary: true }],
    addresses: [
      {
        type: 'work',
        formatted: 'All of it',
        streetAddress: '4942 Crossing',
        locality: 'Anywhere',
        region: 'Somewhere',
        postalCode: 'dj6 6at',
        primary: true,
        country: 'Madagascar',
      },
    ],
    phoneNumbers: [
      { type: 'work', value: '27-481-2844', primary: true },
      { type: 'mobile', value: '27-481-2845' },
      { type: 'fax', value: '27-481-2846' },
    ],
    userType: 'Validator',
    nickName: key,
    locale: 'URSTDNVZRLVY',
    timezone: 'Africa/Harare',
    profileUrl: 'ERRJINMQSCJI',
    [urns.enterpriseUser]: {
      employeeNumber: 'OXYYEGWV',
      department: 'ZYWTBPDF',
      costCenter: 'ASHTVSKA',
      organization: 'DPQRRHJM',
      division: 'WXNFEJQD',
      manager: { value: 'IHZXFLMQ' },
    },
  }
}

const role = { display: 'Role', value: 'WNAWPFGH', type: 'QHKOMWAA' }

/** The validator reads back what it sent, except that a boolean comes back as one. */
export function validatorCreate(person: Person): Step {
  const profile = validatorProfile(person)
  return createUser(
    person,
    { ...profile, roles: [{ primary: 'True', ...role }] },
    { ...profile, roles: [{ primary: true, ...role }] },
  )
}

/** What that create puts into the log. */
export function validatorCreated(person: Person): EventExpectation[] {
  const { key, givenName, familyName } = person
  const profile = { employeeId: 'OXYYEGWV', department: 'ZYWTBPDF', title: 'Tester', manager: 'IHZXFLMQ' }
  return userCreated(key, { username: loginOf(person), firstName: givenName, lastName: familyName, profile })
}
