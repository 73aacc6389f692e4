import { groupCreated, userDeactivated, usersAdded, usersRemoved } from '../event-patterns.ts'
import { absent } from '../patterns.ts'
import { createdEvents, loginOf, memberValues, type Person } from '../person.ts'
import { createGroup, get, patchGroup, putUser, readMembers } from '../requests.ts'
import { found, listOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { customScim } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep, profileOf } from './profile.ts'

const hana: Person = { key: 'hana', givenName: 'Hana', familyName: 'Sato' }
const anouk: Person = { key: 'anouk', givenName: 'Anouk', familyName: 'Pinto' }
const people = [hana, anouk]
const groupName = 'Studio {{run}}'

export const provisioning: Transcript = {
  name: 'jumpcloud/provisioning',
  idp: 'jumpcloud',
  dialect: customScim,
  about: 'Look up, create, bind to a group, unbind, deactivate by PUT. The users remain.',
  evidence: [facts.coreOnly, facts.putUsers, facts.memberPatch],
  flags: ['removeWithValue'],
  steps: [
    get('look up before create', '/Users', { filter: `userName eq "${loginOf(hana)}"` }, listOf()),
    ...people.map(createStep),
    get('look up the group', '/Groups', { filter: `displayName eq "${groupName}"` }, listOf()),
    createGroup(
      'create the group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName, members: absent },
    ),
    patchGroup('bind both', 'team', { op: 'add', path: 'members', value: memberValues(hana, anouk) }),
    patchGroup('unbind hana', 'team', { op: 'remove', path: 'members', value: memberValues(hana) }),
    readMembers('only hana is gone', 'team', anouk),
    putUser('deactivate hana', 'hana', { ...profileOf(hana), active: false }, { active: false, groups: absent }),
    get(
      'she is still found',
      '/Users',
      { filter: `userName eq "${loginOf(hana)}"` },
      listOf({ id: '{{hanaId}}', active: false }),
    ),
  ],
  finalState: {
    resources: [{ name: 'hana', path: '/Users/{{hanaId}}', expect: found({ active: false }) }],
    events: [
      ...people.flatMap((person) => createdEvents(person)),
      groupCreated('team', groupName),
      usersAdded('team', 'hana', 'anouk'),
      usersRemoved('team', 'hana'),
      ...userDeactivated('hana'),
    ],
  },
}
