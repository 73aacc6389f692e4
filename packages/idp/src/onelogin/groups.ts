import { groupCreated, usersAdded, usersRemoved } from '../event-patterns.ts'
import { absent, anyInteger, contains } from '../patterns.ts'
import { createdEvents, memberOf, memberValues, type Person } from '../person.ts'
import { createGroup, createUser, get, patchGroup, readMembers } from '../requests.ts'
import { found, pageOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { oneLogin } from './dialect.ts'
import { facts } from './evidence.ts'
import { kept, rendered } from './template.ts'

const uma: Person = { key: 'uma', givenName: 'Uma', familyName: 'Krishnan' }
const vic: Person = { key: 'vic', givenName: 'Vic', familyName: 'Torres' }
const people = [uma, vic]
const groupName = 'Warehouse {{run}}'

export const ruleGroups: Transcript = {
  name: 'onelogin/groups',
  idp: 'onelogin',
  dialect: oneLogin,
  about:
    'Groups that rules assign: read from the list, created if missing, members added and removed by lists of values.',
  evidence: [facts.calls, facts.template, facts.singleObject, facts.memberRemoval],
  flags: ['stringBooleans', 'singleAsList', 'emptyStringUnassigns', 'aliasedSubAttributes', 'removeWithValue'],
  steps: [
    ...people.map((person) => createUser(person, rendered(person), { ...kept(person), title: absent })),
    createGroup(
      'create the group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    get(
      'read the groups',
      '/Groups',
      { count: '1000' },
      pageOf(anyInteger, contains([{ id: '{{teamId}}', displayName: groupName }])),
    ),
    patchGroup('add both', 'team', { op: 'add', path: 'members', value: memberValues(uma, vic) }),
    patchGroup('remove uma', 'team', { op: 'remove', path: 'members', value: memberValues(uma) }),
    readMembers('vic stays', 'team', vic),
  ],
  finalState: {
    resources: [{ name: 'the group', path: '/Groups/{{teamId}}', expect: found({ members: [memberOf(vic)] }) }],
    events: [
      ...people.flatMap((person) => createdEvents(person)),
      groupCreated('team', groupName),
      usersAdded('team', 'uma', 'vic'),
      usersRemoved('team', 'uma'),
    ],
  },
}
