import { eventDefects } from '@muster/events'
import { authenticateScimToken } from '@muster/repository'
import { hashToken } from '@muster/runtime/tokens'
import { decodeUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import { addOrganization, pepper, rowsOf, scimBaseUrl, startInstallation } from './support/installation.ts'

t.test('an organization, from its creation on', async (t) => {
  const { call, operatorKey } = await startInstallation(t)
  const created = await call(operatorKey, 'POST', '/api/organizations', { name: 'Acme' })
  t.equal(created.status, 201)
  t.match(created.body, { id: /^org_[0-9a-z]{26}$/, name: 'Acme', linkByEmail: 'organization' })
  t.match(created.body.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const path = `/api/organizations/${created.body.id}`
  t.strictSame((await call(operatorKey, 'GET', path)).body, created.body)

  const changed = await call(operatorKey, 'PATCH', path, { name: 'Acme Inc', linkByEmail: 'never' })
  t.match(changed.body, { name: 'Acme Inc', linkByEmail: 'never' })
  const unchanged = await call(operatorKey, 'PATCH', path, {})
  t.strictSame(unchanged.body, changed.body, 'no change, no new updatedAt')

  for (const name of ['B', 'C']) await call(operatorKey, 'POST', '/api/organizations', { name })
  const first = await call(operatorKey, 'GET', '/api/organizations?limit=2')
  t.equal(rowsOf(first).length, 2)
  t.equal(first.body.nextCursor, rowsOf(first)[1]?.id)
  const second = await call(operatorKey, 'GET', `/api/organizations?limit=2&after=${first.body.nextCursor}`)
  t.strictSame(
    [...rowsOf(first), ...rowsOf(second)].map(({ name }) => name),
    ['Acme Inc', 'B', 'C'],
  )
  t.equal(second.body.nextCursor, null)
})

t.test('a SCIM directory: base URL, token once, pause, resume, sync, delete', async (t) => {
  const installation = await startInstallation(t)
  const { call, database } = installation
  const acme = await addOrganization(installation, 'Acme')
  const created = await call(acme.admin, 'POST', '/api/directory', {
    name: 'Okta',
    type: 'SCIM',
    scimProfile: 'strict',
  })
  t.equal(created.status, 201)
  t.equal(created.headers['cache-control'], 'no-store')
  const { token, ...directory } = created.body
  const key = directory.id.replace('directory_', '')
  t.match(directory, { name: 'Okta', type: 'SCIM', status: 'PENDING', scimProfile: 'strict', errorMessage: null })
  t.equal(directory.organizationId, acme.id)
  t.equal(directory.scimBaseUrl, `${scimBaseUrl}/scim/${key}/v2`)
  const principal = await authenticateScimToken(database, hashToken(pepper, String(token)))
  t.equal(principal?.directoryId, decodeUuid(key), 'the token speaks for the directory')

  const path = `/api/directory/${directory.id}`
  t.strictSame((await call(acme.viewer, 'GET', path)).body, directory, 'the token is shown once')
  t.strictSame(
    rowsOf(await call(acme.viewer, 'GET', '/api/directory')).map(({ name }) => name),
    ['Acme SCIM', 'Okta'],
  )
  t.match((await call(acme.admin, 'PATCH', path, { name: 'Okta EU' })).body, { name: 'Okta EU', scimProfile: 'strict' })
  t.equal((await call(acme.admin, 'POST', `${path}/pause`)).body.status, 'PAUSED')
  t.equal((await call(acme.admin, 'POST', `${path}/pause`)).body.status, 'PAUSED', 'again: no error')
  t.equal((await call(acme.admin, 'POST', `${path}/resume`)).body.status, 'PENDING', 'it was never used')
  t.match(await call(acme.admin, 'POST', `${path}/sync`), {
    status: 409,
    body: { code: 'conflict', detail: /identity provider/ },
  })
  t.match(await call(acme.admin, 'POST', '/api/directory', { name: 'x', type: 'OKTA' }), {
    status: 400,
    body: { detail: /cannot read directories of type OKTA/ },
  })

  t.equal((await call(acme.admin, 'DELETE', path)).status, 204)
  t.equal((await call(acme.admin, 'GET', path)).status, 404)
  t.equal(await authenticateScimToken(database, hashToken(pepper, String(token))), undefined)
})

t.test('deleting the only directory of people leaves them inactive, and says so in the log', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const before = rowsOf(await call(acme.viewer, 'GET', '/api/events')).length
  t.equal((await call(acme.admin, 'DELETE', `/api/directory/${acme.directoryId}`)).status, 204)
  t.strictSame((await call(acme.viewer, 'GET', '/api/users/count?state=inactive')).body, { count: 2 })
  const { body: kept } = await call(acme.viewer, 'GET', `/api/users/${acme.userId}`)
  t.match(kept, { directoryId: acme.directoryId, directory: null, groups: [], sessionsRevokedAt: /Z$/ })
  const events = await call(acme.viewer, 'GET', `/api/events?after=${before}`)
  t.strictSame(
    rowsOf(events).map(({ type }) => type),
    ['directory.deleted', 'directory.user.deleted', 'directory.user.deleted', 'directory.group.deleted'],
  )
  t.match(rowsOf(events)[0]?.cause, { kind: 'api', id: /^key_/ }, 'the key is the cause')
})

t.test('SCIM tokens rotate: two live ones, never three; a revoked one is dead', async (t) => {
  const installation = await startInstallation(t)
  const { call, database } = installation
  const acme = await addOrganization(installation, 'Acme')
  const path = `/api/directory/${acme.directoryId}/tokens`
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const second = await call(acme.admin, 'POST', path, { expiresAt })
  t.equal(second.status, 201)
  t.equal(second.headers['cache-control'], 'no-store')
  t.match(second.body, { id: /^token_/, token: /^muster_scim_/, expiresAt, lastUsedAt: null })
  t.equal(second.body.hint, String(second.body.token).slice(-4))
  t.match(await call(acme.admin, 'POST', path), { status: 409, body: { code: 'conflict' } })
  t.match(await call(acme.admin, 'POST', path, { expiresAt: '2020-01-01T00:00:00Z' }), {
    status: 400,
    body: { code: 'invalidValue', detail: /body\.expiresAt/ },
  })
  const listed = await call(acme.admin, 'GET', path)
  t.strictSame(
    rowsOf(listed).map(({ id }) => id),
    [acme.tokenId, second.body.id],
  )
  t.notMatch(listed.text, /muster_scim_/, 'a list shows no token')

  t.equal((await call(acme.admin, 'DELETE', `${path}/${acme.tokenId}`)).status, 204)
  t.equal((await call(acme.admin, 'DELETE', `${path}/${acme.tokenId}`)).status, 404)
  t.ok(await authenticateScimToken(database, hashToken(pepper, String(second.body.token))), 'the other one lives')
  t.equal((await call(acme.admin, 'DELETE', `${path}/${second.body.id}`)).status, 204)
  t.equal(await authenticateScimToken(database, hashToken(pepper, String(second.body.token))), undefined)
})

t.test('API keys: shown once, roles, expiry, revocation within five seconds', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const acme = await addOrganization(installation, 'Acme')
  const created = await call(acme.admin, 'POST', '/api/keys', { name: 'CI', role: 'VIEWER' })
  t.equal(created.status, 201)
  t.equal(created.headers['cache-control'], 'no-store')
  const ci = String(created.body.key)
  t.match(ci, /^muster_key_/)
  t.equal((await call(ci, 'GET', '/api/users')).status, 200)
  t.match(await call(ci, 'GET', '/api/keys'), { status: 403, body: { code: 'forbidden' } })
  const listed = await call(operatorKey, 'GET', `/api/keys?organizationId=${acme.id}`)
  t.strictSame(
    rowsOf(listed).map(({ name }) => name),
    ['ADMIN', 'VIEWER', 'CI'],
  )
  t.notMatch(listed.text, /muster_key_/)
  t.match(await call(acme.admin, 'POST', '/api/keys', { name: 'Boss', role: 'OPERATOR' }), {
    status: 400,
    body: { detail: 'body.role must be one of ADMIN, VIEWER.' },
  })

  const brief = await call(acme.admin, 'POST', '/api/keys', {
    name: 'Brief',
    role: 'VIEWER',
    expiresAt: new Date(Date.now() + 300).toISOString(),
  })
  t.equal(brief.status, 201)
  t.equal((await call(acme.admin, 'DELETE', `/api/keys/${created.body.id}`)).status, 204)
  await new Promise((resolve) => setTimeout(resolve, 5_100))
  t.equal((await call(ci, 'GET', '/api/users')).status, 401, 'the cache has forgotten the revoked key')
  t.equal((await call(String(brief.body.key), 'GET', '/api/users')).status, 401, 'expired')
})

t.test('users and groups: lists, filters, counts, one', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const other = await addOrganization(installation, 'Other')
  const users = await call(acme.viewer, 'GET', '/api/users?limit=1')
  t.equal(users.body.nextCursor, acme.userId)
  t.equal(rowsOf(await call(acme.viewer, 'GET', `/api/users?after=${users.body.nextCursor}`)).length, 1)
  const one = await call(acme.viewer, 'GET', `/api/users/${acme.userId}`)
  t.strictSame(one.body, rowsOf(users)[0])
  t.match(one.body, {
    email: 'acme-0@example.test',
    state: 'active',
    organization: { id: acme.id, name: 'Acme' },
    directory: { id: acme.directoryId, name: 'Acme SCIM' },
    profile: { department: null, costCenter: null },
    groups: [{ id: acme.groupId, name: 'Acme staff' }],
    roles: [],
    metadata: {},
    lastLoginAt: null,
  })
  t.match(one.body.createdAt, /Z$/)
  const counts: [string, number][] = [
    ['users/count', 2],
    ['users/count?email=ACME-1@example.test', 1],
    ['users/count?state=inactive', 0],
    [`users/count?directoryId=${acme.directoryId}`, 2],
    [`users/count?directoryId=${other.directoryId}`, 0],
    ['groups/count', 1],
    ['groups/count?name=Acme%20staff', 1],
    ['groups/count?name=nobody', 0],
    [`groups/count?directoryId=${other.directoryId}`, 0],
  ]
  for (const [path, count] of counts)
    t.strictSame((await call(acme.viewer, 'GET', `/api/${path}`)).body, { count }, path)
  const group = await call(acme.viewer, 'GET', `/api/groups/${acme.groupId}`)
  const { userCount, ...shown } = group.body
  t.match(shown, { id: acme.groupId, name: 'Acme staff', directoryId: acme.directoryId, idpId: null })
  t.equal(userCount, 2)
  t.strictSame(rowsOf(await call(acme.viewer, 'GET', '/api/groups')), [shown])
})

t.test('the event log by cursor', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const all = rowsOf(await call(acme.viewer, 'GET', '/api/events'))
  t.same(eventDefects(all), [], 'as the catalogue says')
  t.strictSame(
    all.map(({ sequence }) => sequence),
    all.map((_, index) => index + 1),
    'no gap',
  )
  t.match(all[0], { id: /^event_/, organizationId: acme.id, directoryId: acme.directoryId, timestamp: /Z$/ })
  const read: unknown[] = []
  for (let after: unknown = '0'; after !== null; ) {
    const page = await call(acme.viewer, 'GET', `/api/events?limit=2&after=${after}`)
    read.push(...rowsOf(page))
    after = page.body.nextCursor
  }
  t.strictSame(read, all, 'pages put together are the log')
  t.strictSame((await call(acme.viewer, 'GET', '/api/events?after=999999')).body, {
    data: [],
    nextCursor: null,
    lastSequence: all.length,
  })
  const created = rowsOf(
    await call(acme.viewer, 'GET', '/api/events?types=directory.user.created,directory.group.created'),
  )
  t.strictSame(new Set(created.map(({ type }) => type)), new Set(['directory.user.created', 'directory.group.created']))
  t.match(await call(acme.viewer, 'GET', '/api/events?types=nope'), { status: 400, body: { detail: /query\.types/ } })
})
