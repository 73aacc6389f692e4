import { groupCreated, groupDeleted, userDeleted, userSynced, userUpdated } from '../event-patterns.ts'
import { absent, unset } from '../patterns.ts'
import type { Person } from '../person.ts'
import { createGroup, deleteTwice, patchGroup, patchUser, readMembers } from '../requests.ts'
import { notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { validator } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { enterprise } from './requests.ts'

const kenna: Person = { key: 'kenna', givenName: 'Kenna', familyName: 'Hammes' }
const groupName = 'ggchpqnk {{run}}'
const mail = 'kenna.{{run}}@example.test'

export const validatorPreview: Transcript = {
  name: 'entra/validator-preview',
  idp: 'entra',
  dialect: validator,
  about:
    'The seven preview checks of the SCIM Validator: several operations in one PATCH, and deletes that find nothing.',
  evidence: [facts.validator],
  flags: [],
  steps: [
    createStep(kenna),
    patchUser(
      'Patch User - Multiple Ops different attributes',
      'kenna',
      {
        displayName: 'Kenna H.',
        title: absent,
        preferredLanguage: 'hi',
        [urns.enterpriseUser]: { department: 'Sales' },
      },
      { op: 'add', path: 'title', value: 'Tester' },
      { op: 'replace', path: 'displayName', value: 'Kenna H.' },
      { op: 'add', path: 'preferredLanguage', value: 'hi' },
      { op: 'add', path: enterprise('department'), value: 'Sales' },
      { op: 'remove', path: 'title' },
    ),
    patchUser(
      'Patch User - Multiple Ops same attribute',
      'kenna',
      { emails: [{ type: 'work', value: mail, primary: true }], displayName: 'Kenna' },
      { op: 'remove', path: 'displayName' },
      { op: 'add', path: 'displayName', value: 'Ken' },
      { op: 'replace', path: 'displayName', value: 'Kenna' },
    ),
    createGroup(
      'create a group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    patchGroup(
      'Patch Group - Multiple Ops same attribute',
      'team',
      { op: 'add', path: 'members', value: [{ value: '{{kennaId}}' }] },
      { op: 'remove', path: 'members[value eq "{{kennaId}}"]' },
    ),
    readMembers('… and nobody is a member', 'team'),
    { name: 'Delete a non-existent User', method: 'DELETE', path: '/Users/{{guid:nobody}}', expect: notFound },
    ...deleteTwice('Users', 'kenna'),
    { name: 'Delete a non-existent Group', method: 'DELETE', path: '/Groups/{{guid:nobody}}', expect: notFound },
    ...deleteTwice('Groups', 'team'),
  ],
  finalState: {
    resources: [{ name: 'the user is gone', path: '/Users/{{kennaId}}', expect: notFound }],
    events: [
      ...createEvents(kenna),
      ...userUpdated('kenna', { department: { from: unset, to: 'Sales' } }),
      userSynced('kenna', { displayName: 'Kenna' }),
      groupCreated('team', groupName),
      userDeleted('kenna'),
      groupDeleted('team'),
    ],
  },
}
