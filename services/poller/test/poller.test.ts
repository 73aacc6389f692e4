import { setTimeout as delay } from 'node:timers/promises'
import {
  activateDirectory,
  addDirectoryToken,
  authenticateApiKey,
  chooseOrganization,
  countScimRequests,
  createDirectory,
  createOperatorKey,
  createOrganization,
  type Database,
  findSettlement,
  listEvents,
  type OrganizationScope,
  openDatabase,
  openJobQueuePool,
  read,
  revokeDirectoryToken,
  type ScimRequestDraft,
  ScimRequestStore,
  settleEverybody,
  transact,
} from '@muster/repository'
import { generateToken, hashToken } from '@muster/runtime/tokens'
import { toTypeId } from '@muster/runtime/type-ids'
import { version } from '@muster/runtime/version'
import { createTestDatabase, type TestDatabase } from '@muster/testkit'
import { makeWorkerUtils } from 'graphile-worker'
import pg from 'pg'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { taskTable } from '../src/tasks/task-table.ts'
import { createWorker } from '../src/worker.ts'
import { testContext } from './support/task-context.ts'

const cause = { kind: 'system', id: 'test' } as const
const day = 86_400_000

async function openTestDatabase(t: Test): Promise<{ database: Database; urls: TestDatabase }> {
  const urls = await createTestDatabase(t)
  const database = openDatabase({ url: urls.databaseUrl })
  t.teardown(() => database.close())
  return { database, urls }
}

async function addOrganization(database: Database, urls: TestDatabase, name: string): Promise<OrganizationScope> {
  const hash = hashToken('pepper', generateToken('key'))
  await createOperatorKey({ migrationDatabaseUrl: urls.migrationDatabaseUrl, name, hash, hint: '' })
  const operator = await authenticateApiKey(database, hash)
  if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  const { organizationId } = await createOrganization(database, operator.right, { name })
  const scope = await chooseOrganization(database, operator.right, organizationId)
  if (scope === undefined) throw new Error('The organization is gone')
  return scope
}

/** A SCIM directory whose tokens expire after so many days each; null stands for never. */
async function addDirectory(database: Database, scope: OrganizationScope, lifetimes: (number | null)[]) {
  return transact(database, scope, cause, async (tx) => {
    const { directoryId } = await createDirectory(tx, { name: 'SCIM', type: 'SCIM', scimProfile: 'strict' })
    const tokenIds: string[] = []
    for (const days of lifetimes) {
      const expiresAt = days === null ? null : new Date(Date.now() + days * day)
      const hash = hashToken('pepper', generateToken('scim'))
      tokenIds.push((await addDirectoryToken(tx, directoryId, { hash, hint: 'hint', expiresAt })).tokenId)
    }
    return { directoryId, tokenIds }
  })
}

function warnings(database: Database, scope: OrganizationScope) {
  return read(database, scope, (reader) => listEvents(reader, { types: ['token.expiring'] }, { after: 0, limit: 100 }))
}

t.test('a token that expires within two weeks is announced exactly once', async (t) => {
  const { database, urls } = await openTestDatabase(t)
  const warn = () => taskTable.warn_expiring_tokens?.run(testContext(database))
  const acme = await addOrganization(database, urls, 'Acme')
  const soon = await addDirectory(database, acme, [10, 15])
  await addDirectory(database, acme, [null])
  const revoked = await addDirectory(database, acme, [1])
  await transact(database, acme, cause, (tx) =>
    revokeDirectoryToken(tx, revoked.directoryId, revoked.tokenIds[0] ?? ''),
  )
  const other = await addOrganization(database, urls, 'Other')
  const otherSoon = await addDirectory(database, other, [13])

  await Promise.all([warn(), warn(), warn()])
  await warn()
  const directoryId = toTypeId('directory', soon.directoryId)
  const [event, ...more] = await warnings(database, acme)
  t.strictSame(more, [])
  t.match(event, {
    type: 'token.expiring',
    directoryId,
    cause: { kind: 'system', id: 'warn_expiring_tokens' },
    data: {
      directory: { id: directoryId, name: 'SCIM', type: 'SCIM' },
      token: { id: toTypeId('token', soon.tokenIds[0] ?? ''), hint: 'hint', expiresAt: /Z$/ },
    },
  })
  t.equal((await warnings(database, other)).length, 1, 'each organization in a transaction of its own')
  t.equal((await warnings(database, other))[0]?.directoryId, toTypeId('directory', otherSoon.directoryId))
})

t.test('a directory that nobody uses for a week is announced exactly once, by the hour', async (t) => {
  const { database, urls } = await openTestDatabase(t)
  const acme = await addOrganization(database, urls, 'Acme')
  const { directoryId } = await addDirectory(database, acme, [null])
  await transact(database, acme, cause, (tx) => activateDirectory(tx, directoryId))
  const superuser = new pg.Client({ connectionString: urls.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  await superuser.query(`UPDATE directories SET activated_at = now() - interval '8 days'`)

  t.match(taskTable.watch_silence?.schedule, /^\d+ \* \* \* \*$/, 'every hour')
  const watch = () => taskTable.watch_silence?.run(testContext(database))
  await Promise.all([watch(), watch()])
  const types = ['directory.silent'] as const
  const events = await read(database, acme, (reader) => listEvents(reader, { types }, { after: 0, limit: 10 }))
  t.same(
    events.map((event) => [event.directoryId, event.cause.id]),
    [[toTypeId('directory', directoryId), 'watch_silence']],
  )
})

t.test('the SCIM request log keeps what its settings say', async (t) => {
  const { database, urls } = await openTestDatabase(t)
  const acme = await addOrganization(database, urls, 'Acme')
  const { directoryId } = await addDirectory(database, acme, [null])
  const store = new ScimRequestStore(database, { rowsMax: 10_000 })
  await store.store(Array.from({ length: 40 }, (_, index) => requestDraft(directoryId, index)))
  const kept = () => read(database, acme, (reader) => countScimRequests(reader, {}))
  const prune = (settings: { days: number; rowsMax: number }) =>
    taskTable.prune_request_log?.run({ ...testContext(database), requestLog: settings })
  await prune({ days: 365, rowsMax: 10_000 })
  t.equal(await kept(), 40)
  await prune({ days: 30, rowsMax: 10_000 })
  t.equal(await kept(), 30)
  await Promise.all([prune({ days: 30, rowsMax: 12 }), prune({ days: 30, rowsMax: 12 })])
  t.equal(await kept(), 12)
  await prune({ days: 0, rowsMax: 10_000 })
  t.equal(await kept(), 0, 'a log that is switched off keeps nothing')
})

/** A request of so many days ago, and a little. */
function requestDraft(directoryId: string, daysAgo: number): ScimRequestDraft {
  const hex = (Date.now() - daysAgo * day - 60_000).toString(16).padStart(12, '0')
  return {
    requestId: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`,
    directoryId,
    ...{ durationMs: 1, method: 'GET', path: '/Users', query: null, status: 200, scimType: null, detail: null },
    ...{ userAgent: null, requestMediaType: null, requestBytes: null, requestBody: null, requestTruncated: false },
    ...{ answerMediaType: null, answerBytes: null, answerBody: null, answerTruncated: false, skippedBefore: 0 },
  }
}

t.test('the worker takes jobs as the unprivileged role, and stops', async (t) => {
  const { database, urls } = await openTestDatabase(t)
  const acme = await addOrganization(database, urls, 'Acme')
  await addDirectory(database, acme, [10])
  const worker = createWorker({ databaseUrl: urls.databaseUrl, syncsAtOnce: 1, ...testContext(database) })
  t.equal(worker.isRunning(), false)
  await worker.start()
  t.equal(worker.isRunning(), true)
  const pgPool = openJobQueuePool({ url: urls.databaseUrl, connectionsMax: 1 })
  const queue = await makeWorkerUtils({ pgPool })
  await queue.addJob('warn_expiring_tokens', {})
  await queue.release()
  await pgPool.end()
  const deadline = Date.now() + 10_000
  while ((await warnings(database, acme)).length === 0 && Date.now() < deadline) await delay(50)
  t.equal((await warnings(database, acme)).length, 1, 'a job that somebody else added was done')
  await worker.stop()
  t.equal(worker.isRunning(), false)
})

t.test('a settlement that its process left is done by the job that waits for it', async (t) => {
  const { database, urls } = await openTestDatabase(t)
  const acme = await addOrganization(database, urls, 'Acme')
  await addDirectory(database, acme, [null])
  const [settlementId] = (await settleEverybody(database, acme, cause, null))?.settlementIds ?? []
  const find = () => read(database, acme, (reader) => findSettlement(reader, settlementId ?? ''))
  t.match(await find(), { status: 'running' })
  const pgPool = openJobQueuePool({ url: urls.databaseUrl, connectionsMax: 1 })
  const waiting = () => pgPool.query('SELECT id FROM graphile_worker.jobs WHERE key = $1', [settlementId])
  const { rows } = await waiting()
  t.equal(rows.length, 1, 'it waits while the process that began may still be at it')
  const queue = await makeWorkerUtils({ pgPool })
  await queue.rescheduleJobs([String(rows[0]?.id)], { runAt: new Date() })
  await queue.release()
  const worker = createWorker({ databaseUrl: urls.databaseUrl, syncsAtOnce: 1, ...testContext(database) })
  await worker.start()
  const deadline = Date.now() + 10_000
  while ((await find())?.status === 'running' && Date.now() < deadline) await delay(50)
  t.match(await find(), { status: 'done' })
  await worker.stop()
  t.equal((await waiting()).rows.length, 1, 'its successor finds nothing to do')
  await pgPool.end()
  await t.rejects(taskTable.settle?.run(testContext(database), {}) ?? Promise.resolve(), TypeError)
})

t.test('internal routes refuse everyone without the secret; readiness follows the worker', async (t) => {
  const { database } = await openTestDatabase(t)
  const internalSecret = 'a-secret-for-tests-of-at-least-thirty-two-characters'
  let running = true
  const worker = { isRunning: () => running }
  const { app, routes } = await buildApp({ context: testContext(database), worker, internalSecret })
  t.teardown(() => app.close())
  const get = (url: string, authorization?: string, method: 'GET' | 'POST' = 'GET') =>
    app.inject({ url, method, headers: authorization === undefined ? {} : { authorization } })

  const guarded = routes.list().filter(({ url }) => url.startsWith('/internal/'))
  t.ok(guarded.length > 0)
  for (const { url, method } of guarded) {
    for (const wrong of [
      undefined,
      'Bearer ',
      'Bearer wrong',
      `Basic ${internalSecret}`,
      `Bearer ${internalSecret}x`,
    ]) {
      const answer = await get(url, wrong, method === 'POST' ? method : 'GET')
      t.equal(answer.statusCode, 401, `${url} with ${wrong}`)
      if (answer.body !== '') t.match(answer.json(), { code: 'unauthenticated', status: 401 })
      t.equal(answer.headers['www-authenticate'], 'Bearer')
    }
  }
  t.strictSame(
    routes.list().filter(({ url, config }) => !url.startsWith('/internal/') && !config.public),
    [],
    'what is not internal is a health check',
  )
  const health = await get('/internal/health', `Bearer ${internalSecret}`)
  t.strictSame(health.json(), { version, worker: 'running' })
  t.equal((await get('/readyz')).statusCode, 200)
  running = false
  t.equal((await get('/readyz')).statusCode, 503)
  t.equal((await get('/healthz')).statusCode, 200)
  t.equal((await get('/internal/health', `Bearer ${internalSecret}`)).json().worker, 'stopped')
})
