import { userUpdated } from '../event-patterns.ts'
import { absent, unset } from '../patterns.ts'
import type { Person } from '../person.ts'
import { patchUser } from '../requests.ts'
import { found, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'

const eli: Person = { key: 'eli', givenName: 'Eli', familyName: 'Stone' }
const create = createStep(eli)

export const legacyCustomAttributes: Transcript = {
  name: 'entra/legacy-custom-attributes',
  idp: 'entra',
  dialect: legacy,
  about: 'Attributes that no schema of the directory has, in a create and in a PATCH: the rest of the request counts.',
  evidence: [facts.customAttributes, facts.legacyPatch],
  flags: ['anyCaseOp', 'ignoreUnknownAttributes'],
  steps: [
    { ...create, body: { ...create.body, shoeSize: '43', badge: { number: '7' } } },
    patchUser(
      'set a custom attribute and a title',
      'eli',
      { title: 'Guide', role: absent, shoeSize: absent },
      { op: 'Add', path: `${urns.user}:role`, value: 'x' },
      { op: 'Replace', path: 'shoeSize', value: '44' },
      { op: 'Add', path: 'title', value: 'Guide' },
    ),
    patchUser(
      'set a custom attribute alone',
      'eli',
      { title: 'Guide' },
      { op: 'Add', path: `${urns.user}:role`, value: 'y' },
    ),
  ],
  finalState: {
    resources: [
      { name: 'eli', path: '/Users/{{eliId}}', expect: found({ title: 'Guide', shoeSize: absent, badge: absent }) },
    ],
    events: [...createEvents(eli), ...userUpdated('eli', { title: { from: unset, to: 'Guide' } })],
  },
}
