import { groupCreated, groupDeleted, groupRenamed, usersAdded, usersRemoved } from '../event-patterns.ts'
import { createdEvents, memberValues, type Person } from '../person.ts'
import { createGroup, deleteTwice, get, patchGroup, putGroup, readMembers } from '../requests.ts'
import { listOf, notFound, urns } from '../scim-messages.ts'
import type { EventExpectation, Step, Transcript } from '../transcript.ts'
import { customIntegration } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep } from './profile.ts'

const aria: Person = { key: 'aria', givenName: 'Aria', familyName: 'Flores' }
const beck: Person = { key: 'beck', givenName: 'Beck', familyName: 'Oyelaran' }
const people = [aria, beck]
const groupName = 'Payroll {{run}}'
const newName = 'Payroll and Benefits {{run}}'

const before: readonly Step[] = [
  ...people.map(createStep),
  get('look up the group', '/Groups', { filter: `displayName eq "${groupName}"` }, listOf()),
  createGroup(
    'create the group',
    'team',
    { schemas: [urns.group], displayName: groupName, members: [] },
    { displayName: groupName },
  ),
]

const events: readonly EventExpectation[] = [
  ...people.flatMap((person) => createdEvents(person)),
  groupCreated('team', groupName),
  usersAdded('team', 'aria', 'beck'),
  usersRemoved('team', 'aria'),
  groupRenamed('team', groupName, newName),
  usersRemoved('team', 'beck'),
  groupDeleted('team'),
]

const about = { idp: 'rippling', dialect: customIntegration, flags: [] } as const
const finalState = {
  resources: [{ name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound }],
  events,
}

export const patchedGroups: Transcript = {
  ...about,
  name: 'rippling/patched-groups',
  about: 'Groups with "Use PATCH to edit Groups".',
  evidence: [facts.groupSwitch, facts.requests],
  steps: [
    ...before,
    patchGroup('add both', 'team', { op: 'add', path: 'members', value: memberValues(aria, beck) }),
    patchGroup('add both again', 'team', { op: 'add', path: 'members', value: memberValues(aria, beck) }),
    patchGroup('remove aria', 'team', { op: 'remove', path: 'members[value eq "{{ariaId}}"]' }),
    patchGroup('rename', 'team', { op: 'replace', path: 'displayName', value: newName }),
    readMembers('beck stays', 'team', beck),
    ...deleteTwice('Groups', 'team'),
  ],
  finalState,
}

function group(displayName: string, ...members: readonly Person[]) {
  return { schemas: [urns.group], displayName, members: memberValues(...members) }
}

export const putGroups: Transcript = {
  ...about,
  name: 'rippling/put-groups',
  about: 'The same without it: the whole group every time.',
  evidence: [facts.groupSwitch, facts.requests],
  steps: [
    ...before,
    putGroup('put both', 'team', group(groupName, aria, beck)),
    putGroup('put both again', 'team', group(groupName, aria, beck)),
    putGroup('put beck alone', 'team', group(groupName, beck)),
    putGroup('rename', 'team', group(newName, beck)),
    readMembers('beck stays', 'team', beck),
    ...deleteTwice('Groups', 'team'),
  ],
  finalState,
}
