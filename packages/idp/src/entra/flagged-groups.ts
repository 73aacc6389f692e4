import { groupCreated, groupDeleted, groupRenamed, usersAdded, usersRemoved } from '../event-patterns.ts'
import { absent, unordered } from '../patterns.ts'
import { memberOf, type Person } from '../person.ts'
import { readGroup } from '../requests.ts'
import { created, done, found, listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { flagged } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { findGroups, patchGroup, readGroupWithoutMembers } from './requests.ts'

const anton: Person = { key: 'anton', givenName: 'Anton', familyName: 'Weiss' }
const bela: Person = { key: 'bela', givenName: 'Bela', familyName: 'Kovacs' }
const chen: Person = { key: 'chen', givenName: 'Chen', familyName: 'Liu' }
const people = [anton, bela, chen]

const groupName = 'Legal {{run}}'
const newName = 'Legal and Privacy {{run}}'

function values(...members: readonly Person[]) {
  return members.map(({ key }) => ({ value: `{{${key}Id}}` }))
}

export const flaggedGroups: Transcript = {
  name: 'entra/flagged-groups',
  idp: 'entra',
  dialect: flagged,
  about: 'Members removed by value path, one operation each; the group renamed by a no-path replace.',
  evidence: [facts.lookUps, facts.flaggedPatch],
  flags: [],
  steps: [
    ...people.map(createStep),
    findGroups('look up the group', `displayName eq "${groupName}"`, listOf()),
    {
      name: 'create the group',
      method: 'POST',
      path: '/Groups',
      body: {
        schemas: [urns.group],
        externalId: '{{guid:team}}',
        displayName: groupName,
        meta: { resourceType: 'Group' },
      },
      expect: created('Group', 'teamId', { externalId: '{{guid:team}}', displayName: groupName, members: absent }),
      capture: { teamId: 'id' },
    },
    patchGroup('add all three', 'team', { op: 'add', path: 'members', value: values(anton, bela, chen) }),
    readGroupWithoutMembers('read without members', 'team', { displayName: groupName }),
    patchGroup('remove bela', 'team', { op: 'remove', path: 'members[value eq "{{belaId}}"]' }),
    readGroup('anton and chen stay', 'team', { members: unordered([memberOf(anton), memberOf(chen)]) }),
    patchGroup('rename', 'team', { op: 'replace', value: { displayName: newName } }),
    findGroups('find it by the new name', `displayName eq "${newName}"`, listOf({ id: '{{teamId}}', members: absent })),
    patchGroup(
      'remove the others, two operations in one request',
      'team',
      { op: 'remove', path: 'members[value eq "{{antonId}}"]' },
      { op: 'remove', path: 'members[value eq "{{chenId}}"]' },
    ),
    readGroup('nobody is left', 'team', { displayName: newName, members: absent }),
    { name: 'delete', method: 'DELETE', path: '/Groups/{{teamId}}', expect: done },
  ],
  finalState: {
    resources: [
      { name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound },
      { name: 'anton is in no group', path: '/Users/{{antonId}}', expect: found({ active: true, groups: absent }) },
    ],
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      usersAdded('team', 'anton', 'bela', 'chen'),
      usersRemoved('team', 'bela'),
      groupRenamed('team', groupName, newName),
      usersRemoved('team', 'anton', 'chen'),
      groupDeleted('team'),
    ],
  },
}
