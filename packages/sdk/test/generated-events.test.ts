import { type EventDataOf, type EventOf, type EventType, eventCatalogue, eventDefects } from '@muster/events'
import t from 'tap'
import { type EventData, eventConstants, type MusterEvent, type User } from '../src/generated/events.ts'

type Same<A, B> = [A, B] extends [B, A] ? true : false

/** Types whose printed events are not those of the schemas. */
type Differing = {
  [T in EventType]: [Same<EventData[T], EventDataOf<T>>, Same<MusterEvent<T>, EventOf<T>>] extends [true, true]
    ? never
    : T
}[EventType]

/** Compiles only when there is none. */
const differing: [Differing] extends [never] ? 0 : Differing = 0

t.test('what the types of the SDK allow is what the catalogue allows', async (t) => {
  const at = '2026-11-21T22:00:00.000Z'
  const user: User = {
    ...{ id: 'user_1', email: 'jane@acme.test', firstName: 'Jane', lastName: null, username: null, state: 'active' },
    ...{ organizationId: 'org_1', organization: { id: 'org_1', name: 'Acme' }, directoryId: null, directory: null },
    profile: {
      ...{ department: 'Sales', title: null, employeeId: null, manager: null },
      ...{ location: null, phoneNumber: null, startDate: null, costCenter: null },
    },
    ...{ idpId: null, managerId: null, customAttributes: {}, groups: [], roles: [], pinned: [], metadata: {} },
    ...{ createdAt: at, updatedAt: at, lastLoginAt: null, sessionsRevokedAt: null },
  }
  const event: MusterEvent<'directory.user.updated'> = {
    ...{ id: 'event_1', type: 'directory.user.updated', timestamp: at, organizationId: 'org_1', directoryId: null },
    ...{ sequence: 1, cause: { kind: 'api', id: 'key_1' } },
    data: { user, directory: null, changes: { department: { from: null, to: 'Sales' } } },
  }
  t.strictSame(eventDefects([event, { ...event, data: { erased: true } }]), [])
  t.equal(differing, 0)
})

t.test('every type has its constant', async (t) => {
  const leaves = (tree: object): unknown[] =>
    Object.values(tree).flatMap((one: unknown) => (typeof one === 'object' && one !== null ? leaves(one) : [one]))
  t.strictSame(leaves(eventConstants).sort(), Object.keys(eventCatalogue).sort())
  t.equal(eventConstants.Directory.group.userAdded, 'directory.group.user_added')
})
