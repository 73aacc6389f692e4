import { groupCreated, userDeactivated, userReactivated, usersAdded } from '../event-patterns.ts'
import { memberOf, type Person } from '../person.ts'
import { patchUser, readGroup } from '../requests.ts'
import { created, found, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { namedMembers, patchGroup } from './requests.ts'

const juno: Person = { key: 'juno', givenName: 'Juno', familyName: 'Park' }
const kofi: Person = { key: 'kofi', givenName: 'Kofi', familyName: 'Mensah' }
const people = [juno, kofi]
const groupName = 'Support {{run}}'

export const legacyDisabledMember: Transcript = {
  name: 'entra/legacy-disabled-member',
  idp: 'entra',
  dialect: legacy,
  about: 'A disabled user stays a member, because Entra sends no membership again when it restores the user.',
  evidence: [facts.legacyPatch, facts.softDelete],
  flags: ['anyCaseOp', 'stringBooleans', 'removeWithValue'],
  steps: [
    ...people.map(createStep),
    {
      name: 'create the group',
      method: 'POST',
      path: '/Groups',
      body: { schemas: [urns.group], displayName: groupName, meta: { resourceType: 'Group' } },
      expect: created('Group', 'teamId', { displayName: groupName }),
      capture: { teamId: 'id' },
    },
    patchGroup('add juno', 'team', { op: 'Add', path: 'members', value: namedMembers(juno) }),
    patchUser('disable juno', 'juno', { active: false }, { op: 'Replace', path: 'active', value: 'False' }),
    readGroup('juno is still a member', 'team', { members: [memberOf(juno)] }),
    patchUser('restore juno', 'juno', { active: true }, { op: 'Replace', path: 'active', value: 'True' }),
    patchUser('disable kofi', 'kofi', { active: false }, { op: 'Replace', path: 'active', value: 'False' }),
    patchGroup('add kofi, who is disabled', 'team', { op: 'Add', path: 'members', value: namedMembers(kofi) }),
    patchGroup('remove kofi', 'team', { op: 'Remove', path: 'members', value: namedMembers(kofi) }),
  ],
  finalState: {
    resources: [
      { name: 'juno is the only member', path: '/Groups/{{teamId}}', expect: found({ members: [memberOf(juno)] }) },
      {
        name: 'juno shows the group',
        path: '/Users/{{junoId}}',
        expect: found({ active: true, groups: [{ value: '{{teamId}}' }] }),
      },
    ],
    // Nothing is told of kofi's membership: a disabled person has no groups to gain or lose.
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      usersAdded('team', 'juno'),
      ...userDeactivated('juno'),
      ...userReactivated('juno'),
      ...userDeactivated('kofi'),
    ],
    users: [
      {
        name: 'juno has the group again',
        id: '{{junoPerson}}',
        match: { state: 'active', groups: [{ name: groupName }] },
      },
      { name: 'kofi has none', id: '{{kofiPerson}}', match: { state: 'inactive', groups: [] } },
    ],
  },
}
