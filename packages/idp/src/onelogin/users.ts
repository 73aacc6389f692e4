import { userDeactivated, userDeleted, userReactivated, userUpdated } from '../event-patterns.ts'
import { absent, exactly, unset } from '../patterns.ts'
import { createdEvents, loginOf, type Person } from '../person.ts'
import { createUser, deleteTwice, get, putUser } from '../requests.ts'
import { listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { oneLogin } from './dialect.ts'
import { facts } from './evidence.ts'
import { kept, rendered } from './template.ts'

const tess: Person = { key: 'tess', givenName: 'Tess', familyName: 'Maddox' }
const shown = kept(tess)
const managed = { [urns.enterpriseUser]: exactly({ department: 'Logistics', manager: { value: 'm-17' } }) }
const unmanaged = { [urns.enterpriseUser]: exactly({ department: 'Logistics' }) }

export const templateUsers: Transcript = {
  name: 'onelogin/users',
  idp: 'onelogin',
  dialect: oneLogin,
  about:
    "A user's life by a customer's template: strings for booleans, empty strings for nothing, one object for a list.",
  evidence: [facts.calls, facts.template, facts.managerId, facts.singleObject],
  flags: ['stringBooleans', 'singleAsList', 'emptyStringUnassigns', 'aliasedSubAttributes', 'acceptUnknownManagers'],
  steps: [
    get('connection test', '/Users', { filter: 'userName eq "{{guid:nobody}}"' }, listOf()),
    get('look up before create', '/Users', { filter: `userName eq "${loginOf(tess)}"` }, listOf()),
    createUser(tess, rendered(tess), { ...shown, ...unmanaged, active: true, title: absent }),
    get('look up after create', '/Users', { filter: `userName eq "${loginOf(tess)}"` }, listOf({ id: '{{tessId}}' })),
    putUser('update', 'tess', rendered(tess, { title: 'Dispatcher', managerId: 'm-17' }), {
      ...shown,
      ...managed,
      title: 'Dispatcher',
    }),
    putUser('the same again', 'tess', rendered(tess, { title: 'Dispatcher', managerId: 'm-17' }), {
      ...shown,
      ...managed,
    }),
    putUser('suspend', 'tess', rendered(tess, { title: 'Dispatcher', active: 'false' }), {
      ...unmanaged,
      active: false,
    }),
    putUser('restore', 'tess', rendered(tess, { title: 'Dispatcher' }), { ...shown, active: true }),
    ...deleteTwice('Users', 'tess'),
  ],
  finalState: {
    resources: [{ name: 'tess is gone', path: '/Users/{{tessId}}', expect: notFound }],
    events: [
      ...createdEvents(tess, { idpId: 'ol-tess-{{run}}', profile: { department: 'Logistics' } }),
      ...userUpdated('tess', { title: { from: unset, to: 'Dispatcher' }, manager: { from: unset, to: 'm-17' } }),
      ...userDeactivated('tess'),
      ...userReactivated('tess'),
      userDeleted('tess'),
    ],
  },
}
