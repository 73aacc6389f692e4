import { userDeactivated, userDeleted, userReactivated } from '../event-patterns.ts'
import { unset } from '../patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { patchUser, readUser } from '../requests.ts'
import { done, listOf, notFound } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { findUsers } from './requests.ts'

const lena: Person = { key: 'lena', givenName: 'Lena', familyName: 'Fischer' }
const byUserName = `userName eq "${loginOf(lena)}"`

export const legacyLifecycle: Transcript = {
  name: 'entra/legacy-lifecycle',
  idp: 'entra',
  dialect: legacy,
  about: 'Disable (together with another change), restore, disable and delete for good. Booleans are strings.',
  evidence: [facts.legacyPatch, facts.softDelete],
  flags: ['anyCaseOp', 'stringBooleans'],
  steps: [
    createStep(lena),
    patchUser(
      'disable, and change the title',
      'lena',
      { active: false, title: 'On leave' },
      { op: 'Replace', path: 'active', value: 'False' },
      { op: 'Add', path: 'title', value: 'On leave' },
    ),
    readUser('a disabled user is still there', 'lena', { active: false }),
    findUsers('and still found', byUserName, listOf({ id: '{{lenaId}}', active: false })),
    patchUser('disable again', 'lena', { active: false }, { op: 'Replace', path: 'active', value: 'False' }),
    patchUser('restore', 'lena', { active: true }, { op: 'Replace', path: 'active', value: 'True' }),
    patchUser('disable for good', 'lena', { active: false }, { op: 'Replace', path: 'active', value: 'False' }),
    { name: 'delete', method: 'DELETE', path: '/Users/{{lenaId}}', expect: done },
    { name: 'delete again', method: 'DELETE', path: '/Users/{{lenaId}}', expect: notFound },
    findUsers('nobody is found', byUserName, listOf()),
  ],
  finalState: {
    resources: [{ name: 'lena is gone', path: '/Users/{{lenaId}}', expect: notFound }],
    events: [
      ...createEvents(lena),
      ...userDeactivated('lena', { title: { from: unset, to: 'On leave' } }),
      ...userReactivated('lena'),
      ...userDeactivated('lena'),
      userDeleted('lena'),
    ],
    users: [{ name: 'the person is kept, inactive', id: '{{lenaPerson}}', match: { state: 'inactive' } }],
  },
}
