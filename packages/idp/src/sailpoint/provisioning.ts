import {
  groupCreated,
  userDeactivated,
  userReactivated,
  usersAdded,
  usersRemoved,
  userUpdated,
} from '../event-patterns.ts'
import { exactly } from '../patterns.ts'
import { createdEvents, memberValues, type Person } from '../person.ts'
import { createGroup, patchGroup, patchUser, readMembers } from '../requests.ts'
import { found, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { connector } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep } from './profile.ts'

const kira: Person = { key: 'kira', givenName: 'Kira', familyName: 'Novotna' }
const groupName = 'Claims Handlers {{run}}'
const operations = [{ op: 'replace', value: { [urns.enterpriseUser]: { department: 'Recovery' } } }]

export const accountChanges: Transcript = {
  name: 'sailpoint/provisioning',
  idp: 'sailpoint',
  dialect: connector,
  about: 'Complex attributes changed piece by piece without a path: what a piece does not name stays.',
  evidence: [facts.operations, facts.splitReplace, facts.noSchemas],
  flags: ['optionalSchemas'],
  steps: [
    createStep(kira),
    patchUser(
      'change both names, one operation each',
      'kira',
      { name: exactly({ givenName: 'Kira Eva', familyName: 'Novak' }) },
      { op: 'replace', value: { name: { familyName: 'Novak' } } },
      { op: 'replace', value: { name: { givenName: 'Kira Eva' } } },
    ),
    {
      ...patchUser('change the department, without schemas', 'kira', {
        [urns.enterpriseUser]: { department: 'Recovery' },
      }),
      body: { Operations: operations },
    },
    patchUser('disable', 'kira', { active: false }, { op: 'replace', value: { active: false } }),
    patchUser('enable', 'kira', { active: true }, { op: 'replace', value: { active: true } }),
    createGroup(
      'create the entitlement',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    patchGroup('grant it', 'team', { op: 'add', path: 'members', value: memberValues(kira) }),
    readMembers('kira has it', 'team', kira),
    patchGroup('revoke it', 'team', { op: 'remove', path: 'members[value eq "{{kiraId}}"]' }),
  ],
  finalState: {
    resources: [
      { name: 'kira', path: '/Users/{{kiraId}}', expect: found({ active: true, name: { familyName: 'Novak' } }) },
    ],
    events: [
      ...createdEvents(kira, { profile: { department: 'Claims' } }),
      ...userUpdated('kira', {
        firstName: { from: 'Kira', to: 'Kira Eva' },
        lastName: { from: 'Novotna', to: 'Novak' },
      }),
      ...userUpdated('kira', { department: { from: 'Claims', to: 'Recovery' } }),
      ...userDeactivated('kira'),
      ...userReactivated('kira'),
      groupCreated('team', groupName),
      usersAdded('team', 'kira'),
      usersRemoved('team', 'kira'),
    ],
  },
}
