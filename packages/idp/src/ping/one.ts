import { groupCreated, userDeactivated, usersAdded, usersRemoved } from '../event-patterns.ts'
import { createdEvents, loginOf, memberValues, type Person } from '../person.ts'
import { createGroup, get, patchGroup, putUser, readMembers } from '../requests.ts'
import { found, listOf, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { pingOne } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep, profileOf } from './profile.ts'

const lior: Person = { key: 'lior', givenName: 'Lior', familyName: 'Mizrahi' }
const groupName = 'Analysts {{run}}'

export const outbound: Transcript = {
  name: 'ping/one',
  idp: 'ping',
  dialect: pingOne,
  about: 'PingOne pushes a user and a group, a membership comes and goes, the user is disabled.',
  evidence: [facts.oneValuePerType, facts.pingOneRequests],
  flags: [],
  steps: [
    get('look up before create', '/Users', { filter: `userName eq "${loginOf(lior)}"` }, listOf()),
    createStep(lior),
    get('look up the group', '/Groups', { filter: `displayName eq "${groupName}"` }, listOf()),
    createGroup(
      'create the group',
      'team',
      { schemas: [urns.group], displayName: groupName },
      { displayName: groupName },
    ),
    patchGroup('add lior', 'team', { op: 'add', path: 'members', value: memberValues(lior) }),
    readMembers('lior is a member', 'team', lior),
    patchGroup('remove lior', 'team', { op: 'remove', path: 'members[value eq "{{liorId}}"]' }),
    putUser('disable', 'lior', { ...profileOf(lior), active: false }, { active: false }),
  ],
  finalState: {
    resources: [{ name: 'lior', path: '/Users/{{liorId}}', expect: found({ active: false }) }],
    events: [
      ...createdEvents(lior),
      groupCreated('team', groupName),
      usersAdded('team', 'lior'),
      usersRemoved('team', 'lior'),
      ...userDeactivated('lior'),
    ],
  },
}
