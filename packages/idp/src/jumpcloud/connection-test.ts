import {
  groupCreated,
  groupDeleted,
  groupRenamed,
  userDeleted,
  usersAdded,
  usersRemoved,
  userUpdated,
} from '../event-patterns.ts'
import { anyArray, anyInteger } from '../patterns.ts'
import { createdEvents, loginOf, memberValues, type Person } from '../person.ts'
import { createGroup, deleteTwice, get, patchGroup, putUser, readMembers } from '../requests.ts'
import { listOf, notFound, pageOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { customScim } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep, profileOf } from './profile.ts'

const tester: Person = { key: 'tester', givenName: 'Test', familyName: 'User' }
const groupName = 'Test Group {{run}}'
const newName = 'Test Group renamed {{run}}'
const renamed = { ...profileOf(tester), name: { givenName: 'Test', familyName: 'Changed' } }

export const connectionTest: Transcript = {
  name: 'jumpcloud/connection-test',
  idp: 'jumpcloud',
  dialect: customScim,
  about: 'What an administrator sets off by "Test Connection": nothing of it may be left behind in SCIM.',
  evidence: [facts.connectionTest, facts.coreOnly, facts.putUsers, facts.memberPatch],
  flags: ['removeWithValue'],
  steps: [
    get('list users', '/Users', { startIndex: '1', count: '100' }, pageOf(anyInteger, anyArray)),
    get('look up the test user', '/Users', { filter: `userName eq "${loginOf(tester)}"` }, listOf()),
    createStep(tester),
    putUser('update the test user', 'tester', { ...renamed, id: '{{testerId}}' }, renamed),
    createGroup(
      'create a test group',
      'team',
      { schemas: [urns.group], displayName: groupName, members: [] },
      { displayName: groupName },
    ),
    patchGroup('rename the test group', 'team', { op: 'replace', value: { displayName: newName } }),
    patchGroup('add the test user', 'team', { op: 'add', path: 'members', value: memberValues(tester) }),
    readMembers('it is a member', 'team', tester),
    patchGroup('remove the test user', 'team', { op: 'remove', path: 'members', value: memberValues(tester) }),
    readMembers('it is none any more', 'team'),
    ...deleteTwice('Groups', 'team'),
    ...deleteTwice('Users', 'tester'),
  ],
  finalState: {
    resources: [
      { name: 'no test user', path: '/Users/{{testerId}}', expect: notFound },
      { name: 'no test group', path: '/Groups/{{teamId}}', expect: notFound },
    ],
    events: [
      ...createdEvents(tester),
      ...userUpdated('tester', { lastName: { from: 'User', to: 'Changed' } }),
      groupCreated('team', groupName),
      groupRenamed('team', groupName, newName),
      usersAdded('team', 'tester'),
      usersRemoved('team', 'tester'),
      groupDeleted('team'),
      userDeleted('tester'),
    ],
  },
}
