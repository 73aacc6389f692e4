import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connectorFailures } from '@muster/connectors'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import t, { type Test } from 'tap'
import { createPollerClient } from '../src/syncs/poller-client.ts'
import { type Answer, addOrganization, type Body, startInstallation } from './support/installation.ts'
import { superuserOf } from './support/stream.ts'

const password = 'Correct-Horse-1'
const clientKey = 'Battery-Staple-2'
const config = { host: 'ldap.acme.test', account: 'cn=reader', password }
const draft = { name: 'LDAP of Acme', type: 'LDAP', config }
const internalSecret = 'shown to the poller by the management API'

/** Answers like the poller's internal listener, with whatever comes next. */
async function startFakePoller(t: Test) {
  const seen: { authorization: string | undefined; url: string | undefined; body: Record<string, unknown> }[] = []
  const next: { status: number; body: object } = { status: 200, body: {} }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    seen.push({ authorization: request.headers.authorization, url: request.url, body: JSON.parse(text) })
    response.writeHead(next.status, { 'content-type': 'application/json' }).end(JSON.stringify(next.body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { seen, next, poller: createPollerClient({ origin, secret: internalSecret }), stop: () => server.close() }
}

async function start(t: Test, options: Parameters<typeof startInstallation>[1] = {}) {
  const installation = await startInstallation(t, options)
  const { admin, id } = await addOrganization(installation, 'Acme')
  const answers: string[] = []
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> => {
    const answer = await installation.call(admin, method, `/api/${path}`, body)
    answers.push(answer.text)
    return answer
  }
  return { installation, call, answers, organizationId: id, superuser: await superuserOf(t, installation) }
}

t.test('a directory that is read: made, shown without its secrets, changed field by field', async (t) => {
  const { call, answers, superuser } = await start(t)
  const created = await call('POST', 'directory', {
    ...draft,
    config: { ...config, clientKey },
    sync: { intervalMinutes: 5 },
  })
  t.equal(created.status, 201)
  const shown = {
    fields: { host: 'ldap.acme.test', account: 'cn=reader' },
    secrets: { password: true, clientKey: true },
  }
  t.match(created.body, { config: shown, scimBaseUrl: null, status: 'PENDING', runningRunId: null, openHolds: [] })
  t.notOk('token' in created.body, 'there is nothing to push with')
  const sync = { intervalMinutes: 5, fullScanHours: 24, deleteAfterScans: 3, nextSyncAt: String, lastSyncAt: null }
  t.match(created.body.sync, { ...sync, lastSyncCount: null, lastFullScanAt: null, failuresInARow: 0 }, 'due at once')
  const path = `directory/${created.body.id}`

  const changed = await call('PATCH', path, {
    config: { account: 'cn=other', mode: 'startTls', clientKey: null },
    sync: { fullScanHours: 48, deleteAfterScans: 1 },
  })
  t.equal(changed.status, 200)
  const fields = { host: 'ldap.acme.test', account: 'cn=other', mode: 'startTls' }
  t.strictSame(changed.body.config, { fields, secrets: { password: true } })
  t.match(changed.body.sync, { intervalMinutes: 5, fullScanHours: 48, deleteAfterScans: 1 })

  const elsewhere = await call('PATCH', path, { config: { host: 'evil.test' } })
  t.match(elsewhere, { status: 400, body: { code: 'invalidValue', detail: /given anew: body\.config\.password\.$/ } })
  t.equal((await call('PATCH', path, { config: { port: 636 } })).status, 400, 'a destination that was left open, too')
  const moved = await call('PATCH', path, { config: { host: 'ldap2.acme.test', password: `${password}!` } })
  t.match(moved, { status: 200, body: { config: { fields: { host: 'ldap2.acme.test' } } } })
  t.strictSame(moved.body.config, (await call('GET', path)).body.config)
  const listed = (await call('GET', 'directory')).body.data as Body[]
  t.strictSame(listed.find(({ id }) => id === created.body.id)?.config, moved.body.config, 'as in the list')

  const refused: [object, RegExp][] = [
    [{ config: { colour: password } }, /^body\.config has an unknown member "colour"/],
    [{ config: { port: password, password } }, /^body\.config\.port must be integer\.$/],
    [{ config: { mode: password } }, /^body\.config\.mode must be one of ldaps, startTls\.$/],
    [{ config: { flavour: password } }, /^body\.config\.flavour must be one of auto, openldap\.$/],
    [{ config: { host: null, password } }, /^body\.config\.host is required\.$/],
    [{ config: { password: null } }, /account and password belong together/],
    [{ sync: { intervalMinutes: 0 } }, /^body\.sync\.intervalMinutes/],
  ]
  for (const [body, detail] of refused) {
    t.match(await call('PATCH', path, body), { status: 400, body: { code: 'invalidValue', detail } }, String(detail))
  }
  t.strictSame((await call('GET', path)).body.config, moved.body.config, 'nothing was changed')

  const drafts: [object, RegExp][] = [
    [{ ...draft, config: undefined }, /^body\.config is required/],
    [{ ...draft, config: { account: password } }, /^body\.config\.host is required/],
    [{ ...draft, type: 'OKTA' }, /cannot read directories of type OKTA\. Those that it reads: LDAP/],
    [{ ...draft, type: 'SCIM' }, /^body\.config is for directories that are read/],
  ]
  for (const [body, detail] of drafts) t.match(await call('POST', 'directory', body), { status: 400, body: { detail } })
  t.equal((await call('PATCH', `directory/${(listed[0] as Body).id}`, { sync: {} })).status, 400, 'SCIM is not read')

  const audit = await call('GET', 'audit?limit=1000')
  t.match(audit.text, /"action":"directory\.configure"/)
  const { rows } = await superuser.query(
    'SELECT (SELECT string_agg(d::text, chr(10)) FROM directories d) || (SELECT string_agg(e::text, chr(10)) FROM audit_entries e) AS text',
  )
  const telling = [...answers, rows[0].text].filter((text) => /Correct-Horse|Battery-Staple/.test(text))
  t.strictSame(telling, [], 'no secret in any answer, row or entry')

  t.equal((await call('DELETE', path)).status, 204)
  const { rowCount } = await superuser.query(
    'SELECT directory_id FROM directory_syncs UNION ALL SELECT directory_id FROM sync_routes',
  )
  t.equal(rowCount, 0, 'nothing is left of it')
})

t.test('syncs, plans, pause: one run at a time, called off by a pause and by another configuration', async (t) => {
  const { call, superuser } = await start(t)
  const { body: directory } = await call('POST', 'directory', { ...draft, paused: true })
  t.match(directory, { status: 'PAUSED', sync: { nextSyncAt: null } })
  const path = `directory/${directory.id}`
  const runOf = (answer: Answer) => answer.body.run as Body
  const now = { wait: false }

  t.match(await call('POST', `${path}/sync`, now), { status: 409, body: { detail: /paused/ } })
  const plan = await call('POST', `${path}/plan`, now)
  t.match(plan, {
    status: 202,
    body: { run: { purpose: 'plan', status: 'waiting', scan: 'full', occasion: 'manual' } },
  })
  t.equal(runOf(await call('POST', `${path}/plan`, now)).id, runOf(plan).id, 'who asks twice gets one run')
  t.equal((await call('GET', path)).body.runningRunId, runOf(plan).id)
  const { rows: jobs } = await superuser.query(
    `SELECT j.key, p.payload FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id)
     WHERE j.task_identifier = 'sync_directory'`,
  )
  t.equal(jobs.length, 1, 'a poller is told')
  const directoryUuid = jobs[0].payload.directoryId
  t.equal(toTypeId('directory', directoryUuid), directory.id)

  await call('POST', `${path}/resume`)
  t.match(await call('POST', `${path}/sync`, now), {
    status: 409,
    body: { detail: /Another run \(plan\) is under way/ },
  })
  t.equal((await call('PATCH', path, { config: { mode: 'ldaps' } })).status, 200)
  t.match((await call('GET', `runs/${runOf(plan).id}`)).body, { status: 'cancelled', finishedAt: String })

  const sync = await call('POST', `${path}/sync`, now)
  t.equal(sync.status, 202)
  const fence = async () => Number((await superuser.query('SELECT fence FROM directory_syncs')).rows[0].fence)
  const before = await fence()
  t.match((await call('POST', `${path}/pause`)).body, {
    status: 'PAUSED',
    runningRunId: null,
    sync: { nextSyncAt: null },
  })
  t.equal(await fence(), before + 1, 'whoever worked on it writes nothing any more')
  t.match((await call('GET', `runs/${runOf(sync).id}`)).body, { status: 'cancelled' })
  t.match((await call('POST', `${path}/resume`)).body.sync, { nextSyncAt: String }, 'due at once')

  const scim = (await call('POST', 'directory', { name: 'Pushed', type: 'SCIM' })).body.id
  for (const verb of ['sync', 'plan', 'test']) {
    t.match(
      await call('POST', `directory/${scim}/${verb}`),
      { status: 409, body: { detail: /identity provider/ } },
      verb,
    )
  }
  t.match((await call('GET', `${path}/runs`)).body.data, [{ purpose: 'sync' }, { purpose: 'plan' }])
  t.equal((await call('GET', `${path}/runs/count?purpose=plan&status=cancelled`)).body.count, 1)
  const first = await call('GET', `${path}/runs?limit=1`)
  t.match((await call('GET', `${path}/runs?limit=1&after=${first.body.nextCursor}`)).body, { nextCursor: null })
})

/** What a poller does at the end of a run, as far as the API sees it. */
async function endRun(
  superuser: Awaited<ReturnType<typeof superuserOf>>,
  status: 'completed' | 'failed',
  error: object | null = null,
): Promise<void> {
  for (;;) {
    const { rowCount } = await superuser.query(
      `WITH ended AS (UPDATE sync_runs SET status = $1, phase = 'done', users_read = 7, changes_done = 3, error = $2,
           change_counts = '{"user.create": 3}', started_at = created_at, finished_at = now()
         WHERE status = 'waiting' RETURNING run_id)
       UPDATE directory_syncs s SET run_id = NULL FROM ended WHERE s.run_id = ended.run_id`,
      [status, error && JSON.stringify(error)],
    )
    if (rowCount !== 0) return
    await delay(20)
  }
}

t.test('a request waits for the end of its run and says what came of it; undo comes behind', async (t) => {
  const { call, superuser, installation } = await start(t)
  const { body: directory } = await call('POST', 'directory', draft)
  const path = `directory/${directory.id}`
  const [synced] = await Promise.all([call('POST', `${path}/sync`), endRun(superuser, 'completed')])
  t.match(synced, { status: 200, body: { synced: 7, run: { status: 'completed', durationMilliseconds: Number } } })
  const [planned] = await Promise.all([call('POST', `${path}/plan`, { scan: 'full' }), endRun(superuser, 'completed')])
  t.match(planned, { status: 200, body: { planned: { 'user.create': 3 }, run: { purpose: 'plan' } } })

  const { hint } = connectorFailures.credentials
  const error = { code: 'credentials', message: 'ldap.acme.test refused the bind (49).', hint }
  const [failed] = await Promise.all([call('POST', `${path}/sync`, { wait: 20 }), endRun(superuser, 'failed', error)])
  t.match(failed, { status: 422, body: { code: 'sourceCredentials', detail: error.message, hint, runId: /^run_/ } })
  await superuser.query("UPDATE directories SET error_message = 'refused' WHERE type = 'LDAP'")
  t.match((await call('GET', path)).body, { errorMessage: 'refused', errorHint: hint })
  const bug = { code: 'internal', message: 'Something went wrong on our side.' }
  const [broken] = await Promise.all([call('POST', `${path}/sync`), endRun(superuser, 'failed', bug)])
  t.match(broken, { status: 422, body: { code: 'syncFailed' } })

  const { organization_id: organizationId, run_id: runId } = (
    await superuser.query(
      "SELECT organization_id, run_id FROM sync_runs WHERE purpose = 'sync' AND users_read = 7 ORDER BY run_id",
    )
  ).rows[0]
  await superuser.query(
    `INSERT INTO sync_problems SELECT $1, $2, n, 'userNameMissing', 'user', 's' || n, 'There is no mail' FROM generate_series(1, 3) n`,
    [organizationId, runId],
  )
  const run = `runs/${toTypeId('syncRun', runId)}`
  const page = await call('GET', `${run}/problems?limit=2`)
  t.match(page.body, { data: [{ code: 'userNameMissing', sourceId: 's1' }, { sourceId: 's2' }], nextCursor: '2' })
  t.match((await call('GET', `${run}/problems?after=2`)).body, { data: [{ sourceId: 's3' }], nextCursor: null })
  t.equal((await call('GET', `${run}/problems?after=x`)).status, 400)
  await superuser.query(
    `INSERT INTO sync_changes (organization_id, run_id, step, resource_id, kind, effect, source_id)
     SELECT $1, $2, 1, gen_random_uuid(), 'group', 'delete', 'g' || n FROM generate_series(1, 3) n`,
    [organizationId, runId],
  )
  const { data, nextCursor } = (await call('GET', `${run}/changes?limit=2`)).body
  t.match(data, [{ kind: 'group', effect: 'delete', group: { groupId: /^group_/ }, changes: {} }, {}])
  t.match((await call('GET', `${run}/changes?after=${nextCursor}`)).body, { data: [{}], nextCursor: null })
  t.equal((await call('GET', `${run}/changes?after=x`)).status, 400)
  t.match((await call('GET', `${run}/impact`)).body, { users: { removals: 0, population: 0 }, wouldHold: [] })

  t.match(await call('POST', `runs/${(planned.body.run as Body).id}/undo`), {
    status: 409,
    body: { detail: /Only syncs/ },
  })
  const newest = ((await call('GET', `${path}/runs?purpose=sync&limit=1`)).body.data as Body[])[0]?.id
  t.match(await call('POST', `runs/${newest}/undo`), { status: 409, body: { detail: /completed.*failed/ } })
  const headers = { authorization: `Bearer ${installation.operatorKey}`, prefer: 'respond-async' }
  const query = `organizationId=${toTypeId('organization', organizationId)}`
  const undo = await installation.app.inject({ method: 'POST', url: `/api/${run}/undo?${query}`, headers })
  t.equal(undo.statusCode, 202)
  t.equal(undo.headers['preference-applied'], 'respond-async')
  t.match(undo.json(), { run: { purpose: 'undo', undoesRunId: toTypeId('syncRun', runId), status: 'waiting' } })
  t.equal((await call('GET', path)).body.status, 'PAUSED', 'until somebody resumes it')
  t.match(await call('POST', `${path}/plan`), { status: 409, body: { detail: /Another run \(undo\)/ } })
})

t.test('a test asks the poller: what is stored, what is not yet, and each failure by its name', async (t) => {
  const fake = await startFakePoller(t)
  const { call, organizationId } = await start(t, { poller: fake.poller })
  const { body: directory } = await call('POST', 'directory', draft)
  const path = `directory/${directory.id}/test`
  fake.next.body = { ok: true, userCount: 12, countedInPart: false, warnings: ['No groups'], milliseconds: 5 }
  t.strictSame((await call('POST', path)).body, fake.next.body)
  t.match(fake.seen.at(-1), { authorization: `Bearer ${internalSecret}`, url: '/internal/directories/test' })
  t.strictSame(Object.keys(fake.seen.at(-1)?.body ?? {}), ['organizationId', 'directoryId'])

  const tried = await call('POST', 'directory/test', { type: 'LDAP', config, organizationId })
  t.equal(tried.status, 200)
  t.match(fake.seen.at(-1)?.body, { type: 'LDAP', config })
  t.equal((await call('POST', 'directory/test', { type: 'LDAP', config: { account: 'x' } })).status, 400)
  t.equal(fake.seen.length, 2, 'what cannot be right is not tried')

  const titles = new Set<unknown>()
  for (const [code, { hint }] of Object.entries(connectorFailures)) {
    fake.next.body = { ok: false, error: { code, message: `It is ${code}`, hint } }
    // Ten a minute of each directory.
    const { body } = await call('POST', 'directory', { ...draft, name: code, paused: true })
    const answer = await call('POST', `directory/${body.id}/test`)
    t.match(answer, { status: 422, body: { code: /^source[A-Z]/, detail: `It is ${code}`, hint } }, code)
    titles.add(answer.body.title)
  }
  t.equal(titles.size, Object.keys(connectorFailures).length, 'each has its own title')

  Object.assign(fake.next, { status: 401, body: {} })
  t.match(await call('POST', path), { status: 503, body: { code: 'unavailable', detail: /status 401/ } })
  fake.stop()
  t.match(await call('POST', path), { status: 503, headers: { 'retry-after': '10' } })
  const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST', path)))
  t.ok(
    answers.some(({ status }) => status === 429),
    'nobody tries passwords through this',
  )
  t.equal((await call('POST', `directory/${toTypeId('directory', newUuid())}/test`)).status, 404)
})
