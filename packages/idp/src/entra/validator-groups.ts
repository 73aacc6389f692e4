import { groupCreated, groupDeleted, groupRenamed, groupUpdated, usersAdded, usersRemoved } from '../event-patterns.ts'
import { absent } from '../patterns.ts'
import type { Person } from '../person.ts'
import { createGroup, patchGroup, readGroup, readMembers } from '../requests.ts'
import { done, duplicate, listOf, notFound, urns } from '../scim-messages.ts'
import type { Step, Transcript } from '../transcript.ts'
import { validator } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { findGroups, readGroupWithoutMembers } from './requests.ts'

const odessa: Person = { key: 'odessa', givenName: 'Odessa', familyName: 'Gulgowski' }
const ciara: Person = { key: 'ciara', givenName: 'Ciara', familyName: 'Botsford' }
const people = [odessa, ciara]
const groupName = 'uhyywkur {{run}}'
const newName = 'wuzpwmbd {{run}}'

const create = createGroup(
  'Create a new Group',
  'team',
  { schemas: [urns.group], displayName: groupName, externalId: '{{guid:team}}' },
  { schemas: [urns.group], displayName: groupName, externalId: '{{guid:team}}' },
)

function findByExternalId(name: string, id: string, more: Record<string, string>, ...found: { id: string }[]): Step {
  const filter = `externalId eq "{{guid:${id}}}"`
  return { name, method: 'GET', path: '/Groups', query: { ...more, filter }, expect: listOf(...found) }
}

const members = (...ids: string[]) => ids.map((id) => ({ value: `{{${id}Id}}` }))

export const validatorGroups: Transcript = {
  name: 'entra/validator-groups',
  idp: 'entra',
  dialect: validator,
  about: 'The required checks of groups, in the order of the SCIM Validator, on one group.',
  evidence: [facts.validator],
  flags: ['uniqueGroupNames'],
  steps: [
    ...people.map(createStep),
    create,
    { ...create, name: 'Create a duplicate Group', expect: duplicate, capture: {} },
    readGroupWithoutMembers('Get group by id excluding members', 'team', { displayName: groupName }),
    findGroups(
      'Filter for existing group excluding members',
      `displayName eq "${groupName}"`,
      listOf({ id: '{{teamId}}', members: absent }),
    ),
    findByExternalId('Filter by externalId', 'team', {}, { id: '{{teamId}}' }),
    findByExternalId(
      'Filter by externalId excluding members',
      'team',
      { excludedAttributes: 'members' },
      { id: '{{teamId}}' },
    ),
    findByExternalId('Filter for a non-existing group', 'nobody', {}),
    findGroups(
      'Filter for existing group different case',
      'displayName eq "UHYYWKUR {{run}}"',
      listOf({ id: '{{teamId}}' }),
    ),
    patchGroup('Patch Group - Replace Attributes', 'team', { op: 'replace', value: { externalId: '{{guid:other}}' } }),
    readGroup('… and it is replaced', 'team', { externalId: '{{guid:other}}', displayName: groupName }),
    patchGroup('Update Group displayName', 'team', { op: 'replace', value: { displayName: newName } }),
    patchGroup('Patch Group - Add Member', 'team', { op: 'replace', path: 'members', value: members('odessa') }),
    patchGroup('… both', 'team', { op: 'replace', path: 'members', value: members('odessa', 'ciara') }),
    readMembers('… and they are members', 'team', odessa, ciara),
    patchGroup('Patch Group - Remove Member', 'team', { op: 'remove', path: 'members[value eq "{{odessaId}}"]' }),
    readMembers('… and only that one is gone', 'team', ciara),
    { name: 'Delete a Group', method: 'DELETE', path: '/Groups/{{teamId}}', expect: done },
  ],
  finalState: {
    resources: [{ name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound }],
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      groupUpdated('team', groupName, { idpId: { from: '{{guid:team}}', to: '{{guid:other}}' } }),
      groupRenamed('team', groupName, newName),
      usersAdded('team', 'odessa'),
      usersAdded('team', 'ciara'),
      usersRemoved('team', 'odessa'),
      usersRemoved('team', 'ciara'),
      groupDeleted('team'),
    ],
  },
}
