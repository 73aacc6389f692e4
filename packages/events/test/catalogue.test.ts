import { readFile } from 'node:fs/promises'
import { eventCatalogue, eventDefects, sdkPath } from '@muster/events'
import t from 'tap'

const at = '2026-11-21T22:00:00.000Z'
const organization = { id: 'org_1', name: 'Acme' }
const directory = {
  ...{ id: 'directory_1', name: 'Okta', type: 'OKTA' },
  organization: { ...organization, adminEmail: null },
}
const nobody = { email: null, firstName: null, lastName: null, username: null, directoryId: null, directory: null }
const noProfile = { department: null, title: null, employeeId: null, manager: null }
const user = {
  ...{ id: 'user_1', ...nobody, state: 'active', organizationId: 'org_1', organization, idpId: null, managerId: null },
  profile: { ...noProfile, location: null, phoneNumber: null, startDate: null, costCenter: null },
  ...{ customAttributes: { badge: '7' }, groups: [], roles: [], pinned: [], metadata: { any: ['thing'] } },
  ...{ createdAt: at, updatedAt: at, lastLoginAt: null, sessionsRevokedAt: null },
}

function event(type: string, data: object) {
  const envelope = { id: 'event_1', timestamp: new Date(at), organizationId: 'org_1', directoryId: null, sequence: 7 }
  return { ...envelope, type, cause: { kind: 'api', id: 'key_1' }, data }
}

t.test('what an event says is what the catalogue says, and nothing else', async (t) => {
  const changes = {
    department: { from: 'Sales', to: null },
    roles: { from: [], to: [{ id: 'developer', source: 'manual' }] },
    'customAttributes.badge': { from: null, to: '7' },
  }
  const good = [
    event('directory.user.updated', { user, directory: null, changes }),
    event('directory.user.updated', { erased: true }),
    event('directory.user.erased', { user: { id: 'user_1' } }),
    event('directory.sync_failed', { directory, error: { message: 'No answer' } }),
    event('directory.user.synced', { user, directory, rawAttributes: { userName: 'jane', manager: { value: '1' } } }),
  ]
  t.strictSame(eventDefects(good), [])
  const bad: [object, RegExp][] = [
    [event('directory.user.updated', { user, directory, changes: { secret: { from: null, to: '1' } } }), /changes/],
    [event('directory.user.updated', { user, directory, changes: { title: 'Boss' } }), /changes/],
    [event('directory.user.created', { user }), /directory/],
    [event('directory.user.created', { user: { ...user, password: 'x' }, directory }), /user/],
    [event('directory.user.created', { user: { ...user, createdAt: 'yesterday' }, directory }), /createdAt/],
    [event('directory.activated', { directory: null }), /directory/],
    [event('directory.activated', { erased: true }), /data/],
    [{ ...event('directory.activated', { directory }), secret: 1 }, /additional/],
    [event('directory.unknown', {}), /^7: no type/],
  ]
  for (const [wrong, complaint] of bad) t.match(eventDefects([wrong]), [complaint])
})

t.test('the SDK names types by their parts', async (t) => {
  const paths = ['directory.group.user_added', 'user.role_assigned', 'webhook_endpoint.delivery_failed'] as const
  t.strictSame(paths.map(sdkPath), [
    ['Directory', 'group', 'userAdded'],
    ['User', 'roleAssigned'],
    ['WebhookEndpoint', 'deliveryFailed'],
  ])
})

t.test('alarms are what somebody should look at', async (t) => {
  const alarms = Object.entries(eventCatalogue).filter(([, definition]) => 'alarm' in definition)
  t.strictSame(
    alarms.map(([type]) => type),
    [
      ...['directory.sync_failed', 'directory.error', 'directory.silent', 'hold.created', 'hold.pending'],
      ...['token.expiring', 'webhook_endpoint.disabled', 'webhook_endpoint.delivery_failed', 'hook.failing'],
    ],
  )
})

t.test('every alarm has its row in the page that says what to do about it', async (t) => {
  const page = await readFile(new URL('../../../docs/operations/alarms.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const told = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, type]) => type))
  const alarms = Object.entries(eventCatalogue).flatMap(([type, entry]) => ('alarm' in entry ? [type] : []))
  t.same(told.sort(), alarms.sort())
  t.ok(alarms.length > 5)
})
