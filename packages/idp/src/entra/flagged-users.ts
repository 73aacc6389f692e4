import { userDeactivated, userDeleted, userReactivated, userUpdated } from '../event-patterns.ts'
import { absent, exactly, unset } from '../patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { patchUser, readUser } from '../requests.ts'
import { done, duplicate, listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { flagged } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { enterprise, findUsers } from './requests.ts'

const yara: Person = { key: 'yara', givenName: 'Yara', familyName: 'Silva' }
const login = loginOf(yara)
const newMail = 'yara.silva.{{run}}@example.test'

export const flaggedUsers: Transcript = {
  name: 'entra/flagged-users',
  idp: 'entra',
  dialect: flagged,
  about: 'No-path replace with dotted and URN keys, a value-path filter, real booleans, disable, restore, delete.',
  evidence: [facts.lookUps, facts.flaggedPatch, facts.missingElement, facts.softDelete],
  flags: ['createOnValuePathMiss', 'pathsAsKeys'],
  steps: [
    findUsers('test connection', 'userName eq "{{guid:probe}}"', listOf()),
    findUsers('look up by work email', `emails[type eq "work"].value eq "${login}"`, listOf()),
    createStep(yara),
    { ...createStep(yara), name: 'create the same user again', expect: duplicate, capture: {} },
    findUsers('find by work email', `emails[type eq "work"].value eq "${login}"`, listOf({ id: '{{yaraId}}' })),
    findUsers('not by another type', `emails[type eq "home"].value eq "${login}"`, listOf()),
    patchUser(
      'replace by dotted and URN keys',
      'yara',
      {
        schemas: [urns.user, urns.enterpriseUser],
        displayName: 'Yara S.',
        name: { givenName: 'Yara Maria', familyName: 'Silva' },
        'name.givenName': absent,
        [urns.enterpriseUser]: exactly({ employeeNumber: 'A-1', department: 'Legal' }),
      },
      {
        op: 'replace',
        value: {
          displayName: 'Yara S.',
          'name.givenName': 'Yara Maria',
          [enterprise('employeeNumber')]: 'A-1',
          [enterprise('department')]: 'Legal',
        },
      },
    ),
    patchUser(
      'replace the work email',
      'yara',
      { emails: [{ type: 'work', primary: true, value: newMail }] },
      { op: 'replace', path: 'emails[type eq "work"].value', value: newMail },
    ),
    patchUser(
      'add a mobile number',
      'yara',
      { phoneNumbers: [{ type: 'mobile', value: '+55 11 5550 199' }] },
      { op: 'add', path: 'phoneNumbers[type eq "mobile"].value', value: '+55 11 5550 199' },
    ),
    patchUser('disable', 'yara', { active: false }, { op: 'replace', path: 'active', value: false }),
    readUser('a disabled user is still there', 'yara', { active: false, displayName: 'Yara S.' }),
    patchUser('restore', 'yara', { active: true }, { op: 'replace', value: { active: true } }),
    patchUser('disable for good', 'yara', { active: false }, { op: 'replace', path: 'active', value: false }),
    readUser('the state before it goes', 'yara', {
      userName: login,
      name: { formatted: 'Yara Silva', givenName: 'Yara Maria', familyName: 'Silva' },
      emails: [{ type: 'work', primary: true, value: newMail }],
      phoneNumbers: [exactly({ type: 'mobile', value: '+55 11 5550 199' })],
    }),
    { name: 'delete', method: 'DELETE', path: '/Users/{{yaraId}}', expect: done },
    { name: 'delete again', method: 'DELETE', path: '/Users/{{yaraId}}', expect: notFound },
  ],
  finalState: {
    resources: [{ name: 'yara is gone', path: '/Users/{{yaraId}}', expect: notFound }],
    events: [
      ...createEvents(yara),
      ...userUpdated('yara', {
        firstName: { from: 'Yara', to: 'Yara Maria' },
        employeeId: { from: unset, to: 'A-1' },
        department: { from: unset, to: 'Legal' },
      }),
      ...userUpdated('yara', { email: { from: login, to: newMail } }),
      ...userUpdated('yara', { phoneNumber: { from: unset, to: '+55 11 5550 199' } }),
      ...userDeactivated('yara'),
      ...userReactivated('yara'),
      ...userDeactivated('yara'),
      userDeleted('yara'),
    ],
    users: [{ name: 'the person is kept, inactive', id: '{{yaraPerson}}', match: { state: 'inactive' } }],
  },
}
