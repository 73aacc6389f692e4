import { groupCreated, groupDeleted, groupRenamed, usersAdded, usersRemoved } from '../event-patterns.ts'
import { anyInteger, anyString, contains, not } from '../patterns.ts'
import { createdEvents, memberValues, type Person } from '../person.ts'
import { createGroup, deleteTwice, get, patchGroup, putGroup, readMembers } from '../requests.ts'
import { notFound, urns } from '../scim-messages.ts'
import type { AnswerExpectation, Transcript } from '../transcript.ts'
import { pingFederate } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep } from './profile.ts'

const rolf: Person = { key: 'rolf', givenName: 'Rolf', familyName: 'Berg' }
const saba: Person = { key: 'saba', givenName: 'Saba', familyName: 'Tekle' }
const people = [rolf, saba]
const groupName = 'Traders {{run}}'
const newName = 'Senior Traders {{run}}'
const otherName = 'Clerks {{run}}'

/** A page of the list of all groups, in a directory that may hold others. */
function page(startIndex: number, itemsPerPage: number, resources: AnswerExpectation['body']): AnswerExpectation {
  const counts = { totalResults: anyInteger, startIndex, itemsPerPage }
  return { status: 200, body: { schemas: [urns.listResponse], ...counts, Resources: resources ?? [] } }
}

const first = { id: '{{firstId}}' }
const second = { id: '{{secondId}}' }

export const federateGroups: Transcript = {
  name: 'ping/federate-groups',
  idp: 'ping',
  dialect: pingFederate,
  about: 'All groups listed page by page to find one; members by PATCH, wrapped once more on removal; then by PUT.',
  evidence: [facts.groupListing, facts.groupPatch, facts.wrappedMembers],
  flags: ['removeWithValue'],
  steps: [
    ...people.map(createStep),
    createGroup(
      'create the group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    createGroup(
      'create another',
      'other',
      { schemas: [urns.group], displayName: otherName },
      { displayName: otherName },
    ),
    {
      ...get('list all groups, first page', '/Groups', { startIndex: '1', count: '2' }, page(1, 2, [first, second])),
      capture: { firstId: 'Resources.0.id', secondId: 'Resources.1.id' },
    },
    get('a page that begins with the second', '/Groups', { startIndex: '2', count: '1' }, page(2, 1, [second])),
    get(
      'the rest does not repeat the first',
      '/Groups',
      { startIndex: '2', count: '1000' },
      {
        status: 200,
        body: { startIndex: 2, Resources: not(contains([first])) },
      },
    ),
    get(
      'everything holds both',
      '/Groups',
      { startIndex: '1', count: '1000' },
      {
        status: 200,
        body: {
          startIndex: 1,
          Resources: contains([
            { id: '{{teamId}}', displayName: groupName },
            { id: '{{otherId}}', displayName: anyString },
          ]),
        },
      },
    ),
    patchGroup('add both', 'team', { op: 'add', path: 'members', value: memberValues(rolf, saba) }),
    patchGroup('remove rolf, wrapped', 'team', {
      op: 'remove',
      path: 'members',
      value: { members: memberValues(rolf) },
    }),
    readMembers('saba stays', 'team', saba),
    putGroup('put both, under a new name', 'team', {
      schemas: [urns.group],
      id: '{{teamId}}',
      displayName: newName,
      members: memberValues(rolf, saba),
    }),
    readMembers('both are members', 'team', rolf, saba),
    ...deleteTwice('Groups', 'team'),
  ],
  finalState: {
    resources: [{ name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound }],
    events: [
      ...people.flatMap((person) => createdEvents(person)),
      groupCreated('team', groupName),
      groupCreated('other', otherName),
      usersAdded('team', 'rolf', 'saba'),
      usersRemoved('team', 'rolf'),
      groupRenamed('team', groupName, newName),
      usersAdded('team', 'rolf'),
      usersRemoved('team', 'rolf', 'saba'),
      groupDeleted('team'),
    ],
  },
}
