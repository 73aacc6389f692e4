import { userDeactivated, userDeleted, userReactivated, userUpdated } from '../event-patterns.ts'
import { createdEvents, loginOf, type Person } from '../person.ts'
import { deleteTwice, get, putUser } from '../requests.ts'
import { listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { pingFederate } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep, profileOf } from './profile.ts'

const petra: Person = { key: 'petra', givenName: 'Petra', familyName: 'Hovland' }
const profile = profileOf(petra)
const moved = { ...profile, [urns.enterpriseUser]: { department: 'Risk' } }

export const federateUsers: Transcript = {
  name: 'ping/federate-users',
  idp: 'ping',
  dialect: pingFederate,
  about: 'A user joins, moves, is disabled, comes back and is deleted, all without PATCH.',
  evidence: [facts.putUsers],
  flags: [],
  steps: [
    get('look up before create', '/Users', { filter: `userName eq "${loginOf(petra)}"` }, listOf()),
    createStep(petra),
    get('look up after create', '/Users', { filter: `userName eq "${loginOf(petra)}"` }, listOf({ id: '{{petraId}}' })),
    putUser('move to another department', 'petra', { ...moved, id: '{{petraId}}' }, moved),
    putUser('disable', 'petra', { ...moved, id: '{{petraId}}', active: false }, { active: false }),
    putUser('enable', 'petra', { ...moved, id: '{{petraId}}' }, { active: true }),
    ...deleteTwice('Users', 'petra'),
  ],
  finalState: {
    resources: [{ name: 'petra is gone', path: '/Users/{{petraId}}', expect: notFound }],
    events: [
      ...createdEvents(petra, { idpId: 'uid-petra-{{run}}' }),
      ...userUpdated('petra', { department: { from: 'Trading', to: 'Risk' } }),
      ...userDeactivated('petra'),
      ...userReactivated('petra'),
      userDeleted('petra'),
    ],
  },
}
