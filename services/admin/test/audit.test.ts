import pg from 'pg'
import t from 'tap'
import { addOrganization, type Body, rowsOf, startInstallation } from './support/installation.ts'

t.test('the audit trail is read by list and count', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const acme = await addOrganization(installation, 'Acme')
  await call(acme.admin, 'PATCH', `/api/directory/${acme.directoryId}`, { name: 'Renamed' })
  const get = async (path: string) => {
    const answer = await call(acme.admin, 'GET', `/api/audit${path}`)
    t.equal(answer.status, 200, path)
    return answer
  }
  const actionsOf = async (query: string) => rowsOf(await get(query)).map(({ action }) => action)
  const all = [
    'directory.update',
    'hook.create',
    'webhook.create',
    'organization.settle',
    'role_mapping.create',
    'schema.create',
    'directory.create',
    'key.create',
    'key.create',
    'organization.create',
  ]
  t.strictSame(
    (await actionsOf('')).filter((action) => action !== 'token.create'),
    all,
    'the newest first',
  )
  const [newest] = rowsOf(await get('?limit=1'))
  t.match(newest, {
    id: /^audit_/,
    organizationId: acme.id,
    timestamp: /^\d{4}-\d\d-\d\dT.*Z$/,
    actor: { kind: 'api', id: /^key_/ },
    action: 'directory.update',
    target: acme.directoryId,
    detail: { changed: ['name'] },
    hash: /^[0-9a-f]{64}$/,
  })
  const cursor = (await get('?limit=1')).body.nextCursor
  t.equal(cursor, String(newest?.sequence))
  t.strictSame(rowsOf(await get(`?limit=1&after=${cursor}`))[0]?.action, 'hook.create')
  t.equal((await get(`?after=${cursor}`)).body.nextCursor, null)
  const instant = encodeURIComponent(String(newest?.timestamp))
  const { actor } = newest as Body & { actor: { id: string } }
  for (const [query, actions] of [
    ['action=directory.create', ['directory.create']],
    [`target=${acme.directoryId}`, ['directory.update', 'directory.create']],
    [`target=${acme.keyId}`, ['key.create']],
    [`target=${acme.schemaUrn}`, ['schema.create']],
    [`actor=${actor.id}&action=directory.update`, ['directory.update']],
    ['actor=key_nobody', []],
    [`since=${instant}`, ['directory.update']],
    [`until=${instant}&action=organization.create`, ['organization.create']],
    ['until=2020-01-01T00:00:00%2B02:00', []],
  ] as const) {
    t.strictSame(await actionsOf(`?${query}`), actions, query)
    t.strictSame((await get(`/count?${query}`)).body, { count: actions.length }, `count, ${query}`)
  }
  t.equal((await call(operatorKey, 'GET', `/api/audit?organizationId=${acme.id}`)).status, 200)
  for (const path of ['', '/count', '/head', '/verify']) {
    t.equal((await call(acme.viewer, 'GET', `/api/audit${path}`)).status, 403, `a VIEWER may not read ${path}`)
  }
  for (const query of ['after=x', 'since=yesterday', 'limit=0', 'x=1', 'action=', 'target=%00']) {
    t.equal((await call(acme.admin, 'GET', `/api/audit?${query}`)).status, 400, query)
  }
})

t.test('and verified, against a head that was kept', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const verify = async (query = '') => (await call(acme.admin, 'GET', `/api/audit/verify${query}`)).body
  const { body: head } = await call(acme.admin, 'GET', '/api/audit/head')
  t.match(head, { sequence: Number, hash: /^[0-9a-f]{64}$/ })
  t.strictSame(await verify(), { ok: true, entries: head.sequence, head, broken: null })
  const expectation = `?expectedSequence=${head.sequence}&expectedHash=${head.hash}`
  t.match(await verify(expectation), { ok: true })
  await call(acme.admin, 'PATCH', `/api/directory/${acme.directoryId}`, { name: 'Renamed' })
  t.match(await verify(expectation), { ok: true }, 'later entries do not matter')
  const wrong = `?expectedSequence=${head.sequence}&expectedHash=${'0'.repeat(64)}`
  t.match(await verify(wrong), { ok: false, broken: { sequence: head.sequence, fault: 'expectation' } })
  t.match(await verify(`?expectedSequence=900&expectedHash=${head.hash}`), { ok: false, broken: { fault: 'missing' } })
  for (const query of [
    '?expectedSequence=1',
    `?expectedHash=${head.hash}`,
    '?expectedSequence=-1',
    '?expectedHash=x',
  ]) {
    t.equal((await call(acme.admin, 'GET', `/api/audit/verify${query}`)).status, 400, query)
  }

  const superuser = new pg.Client({ connectionString: installation.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  await superuser.query("UPDATE audit_entries SET action = 'x' WHERE sequence = 2")
  t.strictSame(await verify(), {
    ok: false,
    entries: 1,
    head: (await call(acme.admin, 'GET', '/api/audit/head')).body,
    broken: { sequence: 2, fault: 'columns', detail: 'The columns of this entry do not say what its text says.' },
  })
  await superuser.query('DELETE FROM audit_heads')
  t.match(await verify(), { ok: false, head: null })
  t.equal((await call(acme.admin, 'GET', '/api/audit/head')).status, 404)
})
