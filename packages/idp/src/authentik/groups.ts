import { groupCreated, groupDeleted, groupRenamed, usersAdded, usersRemoved } from '../event-patterns.ts'
import type { JsonObject } from '../json.ts'
import { absent, anyInteger, contains, not } from '../patterns.ts'
import { createdEvents, memberValues, type Person } from '../person.ts'
import { createGroup, deleteTwice, get, patchGroup, readMembers } from '../requests.ts'
import { duplicate, listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { defaultMode } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep, readCapabilities } from './profile.ts'

const siv: Person = { key: 'siv', givenName: 'Siv', familyName: 'Aas' }
const tor: Person = { key: 'tor', givenName: 'Tor', familyName: 'Lie' }
const people = [siv, tor]
const groupName = 'Crew {{run}}'
const newName = 'Deck Crew {{run}}'

function group(displayName: string): JsonObject {
  return { schemas: [urns.group], externalId: 'ak-crew-{{run}}', displayName }
}

function memberOps(op: 'add' | 'remove', ...of: readonly Person[]): JsonObject[] {
  return of.map((person) => ({ op, path: 'members', value: memberValues(person) }))
}

const create = createGroup('create the group', 'team', group(groupName), { ...group(groupName), members: absent })

export const syncedGroups: Transcript = {
  name: 'authentik/groups',
  idp: 'authentik',
  dialect: defaultMode,
  about:
    'A group that exists already, a rename by the whole group, members one operation each, discovery page by page.',
  evidence: [facts.capabilities, facts.groups, facts.members, facts.paging, facts.mapping],
  flags: ['removeWithValue', 'ignoreReadOnlyInValue', 'uniqueGroupNames'],
  steps: [
    readCapabilities,
    ...people.map(createStep),
    create,
    { ...create, name: 'create it again', expect: duplicate, capture: {} },
    get(
      'look it up after the conflict',
      '/Groups',
      { filter: `displayName eq "${groupName}"` },
      listOf({ id: '{{teamId}}' }),
    ),
    patchGroup('add both, one operation each', 'team', ...memberOps('add', ...people)),
    patchGroup('update the group', 'team', { op: 'replace', value: { ...group(newName), id: '{{teamId}}' } }),
    readMembers('the members are untouched', 'team', ...people),
    patchGroup('remove siv', 'team', ...memberOps('remove', siv)),
    readMembers('tor stays', 'team', tor),
    {
      ...get('discover groups', '/Groups', {}, { status: 200, body: { totalResults: anyInteger, startIndex: 1 } }),
      capture: { firstGroup: 'Resources.0.id' },
    },
    get(
      'discover the next page',
      '/Groups',
      { startIndex: '2' },
      {
        status: 200,
        body: { totalResults: anyInteger, startIndex: 2, Resources: not(contains([{ id: '{{firstGroup}}' }])) },
      },
    ),
    ...deleteTwice('Groups', 'team'),
  ],
  finalState: {
    resources: [{ name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound }],
    events: [
      ...people.flatMap((person) => createdEvents(person)),
      groupCreated('team', groupName),
      usersAdded('team', 'siv', 'tor'),
      groupRenamed('team', groupName, newName),
      usersRemoved('team', 'siv'),
      usersRemoved('team', 'tor'),
      groupDeleted('team'),
    ],
  },
}
