import { fromTypeId } from '@muster/runtime/type-ids'
import t, { type Test } from 'tap'
import { tellingConnectors } from './support/connectors.ts'
import { type Answer, addOrganization, startInstallation } from './support/installation.ts'
import { superuserOf } from './support/stream.ts'

const config = { host: 'directory.acme.test', account: 'reader', password: 'Correct-Horse-1' }

async function start(t: Test, options: Parameters<typeof startInstallation>[1] = {}) {
  const installation = await startInstallation(t, { connectors: tellingConnectors, ...options })
  const { admin, viewer, directoryId: scimDirectory } = await addOrganization(installation, 'Acme')
  const call = (method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> =>
    installation.call(admin, method, `/api/${path}`, body)
  return {
    ...{ installation, viewer, scimDirectory, call, superuser: await superuserOf(t, installation) },
    async addDirectory(type: string): Promise<string> {
      const created = await call('POST', 'directory', { name: type, type, config, paused: true })
      return `directory/${created.body.id}/notifications`
    },
  }
}

const off = {
  ...{
    state: 'off',
    kind: null,
    address: null,
    instructions: null,
    subscriptions: [],
    expiresAt: null,
    renewsAt: null,
  },
  ...{ lastReceivedAt: null, lastRefusedAt: null, error: null },
}

t.test('a source that is asked to tell: on, shown, made anew, off; without a secret anywhere', async (t) => {
  const { installation, viewer, call, superuser, addDirectory } = await start(t)
  const path = await addDirectory('AZURE_AD')
  t.strictSame((await call('GET', path)).body, off)
  t.match(await call('POST', `${path}/rotate`), { status: 409, body: { code: 'conflict' } })
  const enabled = await call('PUT', path)
  t.match(enabled, { status: 200, body: { state: 'pending', kind: 'subscribed', instructions: null, error: null } })
  t.match(enabled.body.address, /^https:\/\/scim\.muster\.test\/notifications\/[0-9a-z]{26}$/)
  t.notOk('secret' in enabled.body)
  t.strictSame((await call('PUT', path)).body, enabled.body, 'again')
  t.strictSame((await installation.call(viewer, 'GET', `/api/${path}`)).body, enabled.body)
  const { rows } = await superuser.query(
    `SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE task_identifier = 'keep_channel'`,
  )
  t.equal(rows[0].count, 1, 'a poller is told')

  await superuser.query(
    `UPDATE notification_channels SET state = 'failed', failures_in_a_row = 3, error =
      '{ "code": "permission", "message": "The source refuses.", "hint": "Grant it." }', expires_at = '2026-01-01T00:00:00Z'`,
  )
  const failed = {
    state: 'failed',
    expiresAt: '2026-01-01T00:00:00.000Z',
    error: { code: 'permission', hint: 'Grant it.' },
  }
  t.match((await call('GET', path)).body, failed)
  t.match(await call('POST', `${path}/rotate`), { status: 200, body: { state: 'pending', error: null } })

  t.equal((await call('DELETE', path)).status, 204)
  t.strictSame((await call('GET', path)).body, off)
  t.equal((await call('DELETE', path)).status, 204, 'again')
  const audit = await call('GET', 'audit?limit=1000')
  const actions = (audit.body.data as { action: string }[]).map(({ action }) => action)
  const own = actions.filter((action) => action.endsWith('_notifications')).sort()
  t.strictSame(own, [
    'directory.disable_notifications',
    'directory.enable_notifications',
    'directory.rotate_notifications',
  ])
})

t.test('a source whose administrator has it tell: the secret is shown once, and exchanged', async (t) => {
  const { call, superuser, addDirectory } = await start(t)
  const path = await addDirectory('OKTA')
  const enabled = await call('PUT', path, {})
  t.match(enabled.body, { state: 'pending', kind: 'manual', instructions: /address and the secret/ })
  t.match(enabled.body.secret, /^[\w-]{43}$/)
  t.notOk('secret' in (await call('PUT', path)).body, 'not again')
  t.notOk('secret' in (await call('GET', path)).body)
  const rotated = await call('POST', `${path}/rotate`, { overlapHours: 1 })
  t.match(rotated.body.secret, /^[\w-]{43}$/)
  t.not(rotated.body.secret, enabled.body.secret)
  t.equal(rotated.body.address, enabled.body.address)
  const { rows } = await superuser.query(
    `SELECT c::text AS text, c.spare_secret_hash IS NOT NULL AS has_spare, r.due_at > now() + interval '50 minutes' AS ends_later
     FROM notification_channels c JOIN notification_routes r USING (directory_id)`,
  )
  t.match(rows, [{ has_spare: true, ends_later: true }])
  t.notOk(rows[0].text.includes(enabled.body.secret) || rows[0].text.includes(rotated.body.secret))
  await call('POST', `${path}/rotate`, { overlapHours: 0 })
  t.match((await superuser.query('SELECT spare_secret_hash FROM notification_channels')).rows, [
    { spare_secret_hash: null },
  ])

  const directory = path.replace('/notifications', '')
  const directoryId = fromTypeId('directory', directory.split('/')[1] ?? '')
  t.equal((await call('DELETE', directory)).status, 204)
  const { rowCount } = await superuser.query(
    'SELECT directory_id FROM notification_channels UNION SELECT directory_id FROM notification_routes',
  )
  t.ok(directoryId)
  t.equal(rowCount, 0, 'gone with its directory')
})

t.test('sources that cannot tell, and a service that cannot be reached', async (t) => {
  const { call, scimDirectory, addDirectory } = await start(t)
  const ldap = await addDirectory('LDAP')
  t.match(await call('PUT', ldap), { status: 409, body: { code: 'conflict', detail: /type LDAP cannot tell/ } })
  t.match(await call('PUT', `directory/${scimDirectory}/notifications`), {
    status: 409,
    body: { detail: /SCIM directory/ },
  })
  t.strictSame((await call('GET', ldap)).body, off)

  const inside = await start(t, { scimBaseUrl: 'http://scim.internal.test' })
  const path = await inside.addDirectory('AZURE_AD')
  t.match(await inside.call('PUT', path), { status: 409, body: { detail: /https addresses only.*SCIM_BASE_URL/ } })
})
