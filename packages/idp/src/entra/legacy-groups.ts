import { groupCreated, groupDeleted, groupRenamed, usersAdded, usersRemoved } from '../event-patterns.ts'
import { absent, unordered } from '../patterns.ts'
import { memberOf, type Person } from '../person.ts'
import { readGroup } from '../requests.ts'
import { created, done, found, listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { findGroups, namedMembers, patchGroup, readGroupWithoutMembers } from './requests.ts'

const mira: Person = { key: 'mira', givenName: 'Mira', familyName: 'Novak' }
const omar: Person = { key: 'omar', givenName: 'Omar', familyName: 'Rahal' }
const pia: Person = { key: 'pia', givenName: 'Pia', familyName: 'Lund' }
const people = [mira, omar, pia]

const groupName = 'Finance {{run}}'
const newName = 'Finance and Treasury {{run}}'
const activeDirectoryGroup = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'

export const legacyGroups: Transcript = {
  name: 'entra/legacy-groups',
  idp: 'entra',
  dialect: legacy,
  about: 'A group with the old Microsoft schema, members added and removed by value array: only those named may go.',
  evidence: [facts.lookUps, facts.untidyCreate, facts.legacyPatch],
  flags: ['anyCaseOp', 'ignoreUnknownSchemas', 'removeWithValue'],
  steps: [
    ...people.map(createStep),
    findGroups('look up the group', `displayName eq "${groupName}"`, listOf()),
    {
      name: 'create the group',
      method: 'POST',
      path: '/Groups',
      body: {
        schemas: [urns.group, activeDirectoryGroup],
        externalId: '{{guid:team}}',
        displayName: groupName,
        meta: { resourceType: 'Group' },
      },
      expect: created('Group', 'teamId', {
        schemas: [urns.group],
        externalId: '{{guid:team}}',
        displayName: groupName,
        members: absent,
      }),
      capture: { teamId: 'id' },
    },
    findGroups('find the group', `displayName eq "${groupName}"`, listOf({ id: '{{teamId}}', members: absent })),
    findGroups('find it by externalId', 'externalId eq "{{guid:team}}"', listOf({ id: '{{teamId}}' })),
    patchGroup('add mira', 'team', { op: 'Add', path: 'members', value: namedMembers(mira) }),
    patchGroup('add omar and pia', 'team', { op: 'Add', path: 'members', value: namedMembers(omar, pia) }),
    readGroupWithoutMembers('read without members', 'team', { displayName: groupName }),
    patchGroup('remove omar only', 'team', { op: 'Remove', path: 'members', value: namedMembers(omar) }),
    patchGroup('remove omar again', 'team', { op: 'Remove', path: 'members', value: namedMembers(omar) }),
    readGroup('mira and pia stay', 'team', { members: unordered([memberOf(mira), memberOf(pia)]) }),
    patchGroup('rename', 'team', { op: 'Replace', path: 'displayName', value: newName }),
    readGroup('renamed, members untouched', 'team', {
      displayName: newName,
      members: unordered([memberOf(mira), memberOf(pia)]),
    }),
    { name: 'delete', method: 'DELETE', path: '/Groups/{{teamId}}', expect: done },
    { name: 'delete again', method: 'DELETE', path: '/Groups/{{teamId}}', expect: notFound },
  ],
  finalState: {
    resources: [
      { name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound },
      { name: 'mira is in no group', path: '/Users/{{miraId}}', expect: found({ active: true, groups: absent }) },
    ],
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      usersAdded('team', 'mira'),
      usersAdded('team', 'omar', 'pia'),
      usersRemoved('team', 'omar'),
      groupRenamed('team', groupName, newName),
      usersRemoved('team', 'mira', 'pia'),
      groupDeleted('team'),
    ],
  },
}
