import { groupCreated, groupDeleted, groupRenamed, usersAdded, usersRemoved } from '../event-patterns.ts'
import { absent, unordered } from '../patterns.ts'
import { loginOf, memberOf, type Person } from '../person.ts'
import { created, done, found, listOf, notFound, patchOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { catalogueApp } from './dialect.ts'
import { facts } from './evidence.ts'
import { addMembers } from './group-members.ts'
import { createEvents, createStep, profileOf } from './person.ts'

const ada: Person = { key: 'ada', givenName: 'Ada', familyName: 'Nakamura' }
const bo: Person = { key: 'bo', givenName: 'Bo', familyName: 'Lindqvist' }
const cleo: Person = { key: 'cleo', givenName: 'Cleo', familyName: 'Marchetti' }
const people = [ada, bo, cleo]

const groupName = 'Platform {{run}}'
const newName = 'Platform Engineering {{run}}'
const probe = { filter: `displayName eq "${groupName}"`, startIndex: '1', count: '100' }

export const groupPush: Transcript = {
  name: 'okta/group-push',
  idp: 'okta',
  dialect: catalogueApp,
  about: 'Push a group, add and swap members, rename it by a no-path replace that repeats the id, unlink it.',
  evidence: [facts.users, facts.groupPush],
  flags: ['ignoreReadOnlyInValue'],
  steps: [
    ...people.map(createStep),
    { name: 'look up the group', method: 'GET', path: '/Groups', query: probe, expect: listOf() },
    {
      name: 'create the group',
      method: 'POST',
      path: '/Groups',
      body: { schemas: [urns.group], displayName: groupName, members: [] },
      expect: created('Group', 'teamId', { schemas: [urns.group], displayName: groupName, members: absent }),
      capture: { teamId: 'id' },
    },
    addMembers('push ada and bo', 'team', ada, bo),
    addMembers('push the same again', 'team', ada, bo),
    {
      name: 'read bo, who is a member now',
      method: 'GET',
      path: '/Users/{{boId}}',
      expect: found({ groups: [{ value: '{{teamId}}' }] }),
      capture: { boMeta: 'meta', boGroups: 'groups' },
    },
    {
      name: 'put bo back with the groups that were read',
      method: 'PUT',
      path: '/Users/{{boId}}',
      body: { ...profileOf(bo), id: '{{boId}}', meta: '{{boMeta}}', groups: '{{boGroups}}' },
      expect: found({ groups: [{ value: '{{teamId}}' }] }),
    },
    {
      name: 'put bo back without groups',
      method: 'PUT',
      path: '/Users/{{boId}}',
      body: { ...profileOf(bo), id: '{{boId}}', meta: '{{boMeta}}', groups: [] },
      expect: found({ groups: [{ value: '{{teamId}}' }] }),
    },
    {
      name: 'swap ada for cleo in one request',
      method: 'PATCH',
      path: '/Groups/{{teamId}}',
      body: patchOf(
        { op: 'remove', path: 'members[value eq "{{adaId}}"]' },
        { op: 'add', path: 'members', value: [{ value: '{{cleoId}}', display: loginOf(cleo) }] },
      ),
      expect: done,
    },
    {
      name: 'rename',
      method: 'PATCH',
      path: '/Groups/{{teamId}}',
      body: patchOf({ op: 'replace', value: { id: '{{teamId}}', displayName: newName } }),
      expect: done,
    },
    {
      name: 'read the group',
      method: 'GET',
      path: '/Groups/{{teamId}}',
      expect: found({ displayName: newName, members: unordered([memberOf(bo), memberOf(cleo)]) }),
    },
    { name: 'unlink the group', method: 'DELETE', path: '/Groups/{{teamId}}', expect: done },
  ],
  finalState: {
    resources: [
      { name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound },
      { name: 'bo is in no group', path: '/Users/{{boId}}', expect: found({ active: true, groups: absent }) },
    ],
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      usersAdded('team', 'ada', 'bo'),
      usersRemoved('team', 'ada'),
      usersAdded('team', 'cleo'),
      groupRenamed('team', groupName, newName),
      usersRemoved('team', 'bo', 'cleo'),
      groupDeleted('team'),
    ],
    users: [{ name: 'bo', id: '{{boPerson}}', match: { state: 'active', groups: [] } }],
  },
}
