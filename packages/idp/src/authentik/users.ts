import { userDeleted, userReactivated, userUpdated } from '../event-patterns.ts'
import { unset } from '../patterns.ts'
import { createdEvents, type Person } from '../person.ts'
import { deleteTwice, putUser } from '../requests.ts'
import { notFound } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { defaultMode } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep, profileOf, readCapabilities } from './profile.ts'

const runa: Person = { key: 'runa', givenName: 'Runa', familyName: 'Dahl' }
const titled = { ...profileOf(runa), title: 'Captain' }
const put = putUser('update', 'runa', { ...titled, id: '{{runaId}}' }, titled)

export const syncedUsers: Transcript = {
  name: 'authentik/users',
  idp: 'authentik',
  dialect: defaultMode,
  about: 'A user is created, updated by PUT, deleted behind its back, found missing by the next PUT and made anew.',
  evidence: [facts.capabilities, facts.users, facts.mapping],
  flags: [],
  steps: [
    readCapabilities,
    createStep(runa),
    put,
    { ...put, name: 'update, nothing changed' },
    ...deleteTwice('Users', 'runa'),
    { ...put, name: 'update somebody who is gone', expect: notFound },
    { ...createStep(runa), name: 'create runa anew' },
  ],
  finalState: {
    resources: [{ name: 'runa is there again', path: '/Users/{{runaId}}', expect: { status: 200 } }],
    events: [
      ...createdEvents(runa, { idpId: 'ak-runa-{{run}}' }),
      ...userUpdated('runa', { title: { from: unset, to: 'Captain' } }),
      userDeleted('runa'),
      // The person is the same: the address leads to her.
      ...userReactivated('runa'),
    ],
  },
}
