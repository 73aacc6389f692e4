import {
  groupCreated,
  groupDeleted,
  groupRenamed,
  userDeactivated,
  userReactivated,
  usersAdded,
  usersRemoved,
  userUpdated,
} from '../event-patterns.ts'
import type { JsonObject } from '../json.ts'
import { absent, unset } from '../patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { createGroup, get, putGroup, putUser, readMembers, readUser } from '../requests.ts'
import { done, found, listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { customApp } from './dialect.ts'
import { facts } from './evidence.ts'
import { pushed } from './group-members.ts'
import { createEvents, createStep, profileOf } from './person.ts'

const wen: Person = { key: 'wen', givenName: 'Wen', familyName: 'Zhao' }
const ravi: Person = { key: 'ravi', givenName: 'Ravi', familyName: 'Iyer' }
const people = [wen, ravi]
const profile = profileOf(wen)
const groupName = 'Research {{run}}'
const newName = 'Research and Development {{run}}'

/** A PUT follows a GET and sends everything back, `id`, `meta` and `groups` included. */
function whole(changes: JsonObject): JsonObject {
  return { ...profile, id: '{{wenId}}', meta: '{{wenMeta}}', groups: '{{wenGroups}}', ...changes }
}

function group(displayName: string, ...members: readonly Person[]): JsonObject {
  return { schemas: [urns.group], id: '{{teamId}}', displayName, members: pushed(...members) }
}

const inTeam = { groups: [{ value: '{{teamId}}' }] }

export const customAppUpdates: Transcript = {
  name: 'okta/custom-app',
  idp: 'okta',
  dialect: customApp,
  about: 'An app of the App Integration Wizard: users and groups by PUT, deactivation and all members included.',
  evidence: [facts.users, facts.customApp, facts.groupPush],
  flags: [],
  steps: [
    ...people.map(createStep),
    createGroup(
      'create the group with a member',
      'team',
      { schemas: [urns.group], displayName: groupName, members: pushed(wen) },
      { displayName: groupName },
    ),
    { ...readUser('read before update', 'wen', inTeam), capture: { wenMeta: 'meta', wenGroups: 'groups' } },
    putUser('put a new title', 'wen', whole({ title: 'Chemist' }), { ...inTeam, title: 'Chemist', active: true }),
    putUser('deactivate', 'wen', whole({ title: 'Chemist', active: false }), { ...inTeam, active: false }),
    get(
      'a deactivated user is still found',
      '/Users',
      { filter: `userName eq "${loginOf(wen)}"`, startIndex: '1', count: '100' },
      listOf({ id: '{{wenId}}', active: false }),
    ),
    putUser('reactivate', 'wen', whole({ title: 'Chemist', active: true }), { ...inTeam, active: true }),
    putGroup('push both members', 'team', group(groupName, wen, ravi)),
    readMembers('both are members', 'team', wen, ravi),
    putGroup('push the same again', 'team', group(groupName, ravi, wen)),
    putGroup('rename, and push one member', 'team', group(newName, ravi)),
    readMembers('ravi stays', 'team', ravi),
    putGroup('push nobody', 'team', group(newName)),
    readMembers('nobody is left', 'team'),
    { name: 'unlink the group', method: 'DELETE', path: '/Groups/{{teamId}}', expect: done },
  ],
  finalState: {
    resources: [
      { name: 'wen', path: '/Users/{{wenId}}', expect: found({ ...profile, title: 'Chemist', groups: absent }) },
      { name: 'the group is gone', path: '/Groups/{{teamId}}', expect: notFound },
    ],
    events: [
      ...people.flatMap(createEvents),
      groupCreated('team', groupName),
      usersAdded('team', 'wen'),
      ...userUpdated('wen', { title: { from: unset, to: 'Chemist' } }),
      ...userDeactivated('wen'),
      ...userReactivated('wen'),
      usersAdded('team', 'ravi'),
      groupRenamed('team', groupName, newName),
      usersRemoved('team', 'wen'),
      usersRemoved('team', 'ravi'),
      groupDeleted('team'),
    ],
    users: [{ name: 'wen', id: '{{wenPerson}}', match: { state: 'active', groups: [] } }],
  },
}
