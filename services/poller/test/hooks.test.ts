import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { newSigningSecret } from '@muster/events'
import {
  countArrivals,
  createHook,
  createPerson,
  type HookDraft,
  listEvents,
  openJobQueuePool,
  read,
  rotateHookSecret,
  transact,
  updateHook,
} from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
// As the repository's own tests have them.
import { addDirectory, cause, userDocument } from '../../../packages/repository/test/support/directory.ts'
import { openInstallation } from '../../../packages/repository/test/support/installation.ts'
import { allUsers } from '../../../packages/repository/test/support/reading.ts'
import { settleNextArrivals } from '../src/hooks/ask-before-create.ts'
import { taskTable } from '../src/tasks/task-table.ts'
import { type Call, decideAll, openApplication, type Reply } from './support/application.ts'
import { startPoller } from './support/polling.ts'
import { testContext } from './support/task-context.ts'

const waitMilliseconds = 30_000

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + waitMilliseconds
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`)
    await delay(20)
  }
}

async function openStage(t: Test, draft: Partial<HookDraft>, reply: (call: Call) => Reply | Promise<Reply>) {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope, 'Okta')
  const application = await openApplication(t, reply)
  const context = testContext(database)
  const secret = newSigningSecret()
  const { hookId } = await transact(database, scope, cause, (tx) =>
    createHook(tx, context.rootKeys, {
      ...{ kind: 'before_create', policy: 'hold', url: application.url, secret },
      ...draft,
    }),
  )
  const waiting = (state: 'waiting' | 'vetoed') => read(database, scope, (reader) => countArrivals(reader, state))
  return {
    ...{ database, scope, directory, application, context, secret, hookId, waiting },
    databaseUrl: testDatabase.databaseUrl,
    people: async () => [...(await allUsers(database, scope)).values()],
    types: async (after = 0) =>
      (await read(database, scope, (reader) => listEvents(reader, {}, { after, limit: 1_000 }))).map(
        ({ type }) => type,
      ),
    goOn: () => settleNextArrivals(context, scope.organizationId),
  }
}

t.test('somebody whom SCIM creates is asked about, signed, and comes into being', async (t) => {
  const stage = await openStage(t, {}, (call) =>
    decideAll(call, (user) =>
      user.email === 'eve@acme.test'
        ? { action: 'veto', reason: 'We know her.' }
        : { action: 'proceed', user: { ...user, firstName: 'Janet', preferences: { theme: 'dark' } } },
    ),
  )
  await startPoller(t, stage.databaseUrl)
  await stage.directory.createUser(userDocument('jane@acme.test'))
  await stage.directory.createUser(userDocument('eve@acme.test'))
  await until('both are decided about', async () => (await stage.waiting('waiting')) === 0)
  t.match(await stage.people(), [{ firstName: 'Janet', metadata: { preferences: { theme: 'dark' } } }])
  t.equal(await stage.waiting('vetoed'), 1)
  const [call] = stage.application.calls
  const organizationId = toTypeId('organization', stage.scope.organizationId)
  t.match(call?.message, {
    type: 'directory.user.before_create',
    ...{ id: call?.headers['webhook-id'], timestamp: String, organizationId },
    directory: { id: stage.directory.typeId, name: 'Okta', type: 'SCIM', organization: { name: 'Acme' } },
    users: [{ id: /^user_/, email: 'jane@acme.test', state: 'active' }],
  })
  t.ok(new Webhook(stage.secret).verify(call?.text ?? '', call?.headers ?? {}))
})

t.test('a hook that is silent: those who wait, and those who do not', async (t) => {
  let reply: Reply = 'silence'
  const stage = await openStage(t, { timeoutMilliseconds: 100 }, (call) =>
    reply === 'silence' ? reply : decideAll(call, () => ({ action: 'proceed' })),
  )
  await stage.directory.createUser(userDocument('jane@acme.test'))
  t.match(await stage.goOn(), { inSeconds: 0 })
  const { inSeconds = 0 } = await stage.goOn()
  t.ok(inSeconds > 4 && inSeconds <= 5, 'it rests for five seconds')
  t.match([await stage.people(), (await stage.types()).at(-1)], [[], 'hook.failing'])
  // Whoever changes a hook wants to see whether it answers now.
  const change = (changes: object) =>
    transact(stage.database, stage.scope, cause, (tx) => updateHook(tx, stage.hookId, changes))
  await change({ policy: 'proceed' })
  await stage.goOn()
  t.match(await stage.people(), [{ email: 'jane@acme.test', pinned: [], metadata: {} }], 'made as it was')
  reply = 200
  await stage.directory.createUser(userDocument('john@acme.test'))
  await stage.goOn()
  t.equal((await stage.types()).at(-1), 'hook.recovered')
  t.match(await stage.goOn(), { inSeconds: undefined })
})

t.test('statuses, addresses and bodies that are no answer', async (t) => {
  let reply: Reply = 500
  const stage = await openStage(t, {}, () => reply)
  await stage.directory.createUser(userDocument('jane@acme.test'))
  const lastError = async (changes: object) => {
    const hook = await transact(stage.database, stage.scope, cause, (tx) => updateHook(tx, stage.hookId, changes))
    await stage.goOn()
    const row = await read(stage.database, stage.scope, ({ db }) =>
      db
        .selectFrom('hooks')
        .select('last_error')
        .where('hook_id', '=', hook?.hookId ?? '')
        .executeTakeFirst(),
    )
    return row?.last_error
  }
  t.equal(await lastError({}), 'status500')
  reply = 301
  t.equal(await lastError({}), 'status301')
  reply = { decisions: 'none' }
  t.equal(await lastError({}), 'invalidAnswer')
  reply = 204
  t.equal(await lastError({}), 'invalidAnswer')
  t.equal(await lastError({ url: 'http://10.0.0.1/' }), 'addressRefused')
  t.equal(await stage.waiting('waiting'), 1)
})

t.test('two pollers, many arrivals: each is asked about once, 500 at a time', async (t) => {
  const stage = await openStage(t, {}, async (call) => {
    await delay(50)
    return decideAll(call, () => ({ action: 'proceed' }))
  })
  const names = Array.from({ length: 1_200 }, (_, index) => `user-${index}@acme.test`)
  await stage.directory.createUsers(names.map((name) => userDocument(name)))
  await Promise.all([startPoller(t, stage.databaseUrl), startPoller(t, stage.databaseUrl)])
  await until('all are there', async () => (await stage.people()).length === names.length)
  const asked = stage.application.calls.flatMap(({ message }) => message.users.map(({ email }) => email))
  t.strictSame(asked, names)
  t.equal(stage.application.calls.length, 3)
})

t.test('a job whose process was killed is followed within a minute', async (t) => {
  const stage = await openStage(t, {}, () => 'silence')
  await stage.directory.createUser(userDocument('jane@acme.test'))
  const program = new URL('./support/asking-process.ts', import.meta.url).pathname
  const { organizationId } = stage.scope
  const [key] = stage.context.rootKeys
  const environment = {
    ...{ DATABASE_URL: stage.databaseUrl, ORGANIZATION: organizationId },
    ROOT_KEY: `${key?.id}:${key?.bytes.toString('base64')}`,
  }
  const child = spawn(process.execPath, [program], { env: { ...process.env, ...environment }, stdio: 'inherit' })
  await until('it asks', () => stage.application.calls.length === 1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const pgPool = openJobQueuePool({ url: stage.databaseUrl, connectionsMax: 1 })
  const { rows } = await pgPool.query(
    `SELECT extract(epoch FROM run_at - now()) AS wait FROM graphile_worker.jobs
     WHERE key = 'create_people:${organizationId}'`,
  )
  await pgPool.end()
  t.equal(rows.length, 1)
  t.ok(rows[0].wait > 0 && rows[0].wait <= 60, 'its successor waits')
  const { inSeconds = 0 } = await stage.goOn()
  t.ok(inSeconds > 0 && inSeconds < 60, 'the turn of the dead one ends before')
})

t.test('after_create is told of everybody, at least once, in order', async (t) => {
  let fails = true
  const stage = await openStage(t, { kind: 'after_create' }, () => (fails ? 503 : 204))
  const rotated = newSigningSecret()
  await transact(stage.database, stage.scope, cause, (tx) =>
    rotateHookSecret(tx, stage.context.rootKeys, stage.hookId, { secret: rotated, overlapSeconds: 60 }),
  )
  await startPoller(t, stage.databaseUrl)
  await stage.directory.createUsers([userDocument('jane@acme.test'), userDocument('john@acme.test')])
  t.equal((await stage.people()).length, 2, 'it holds up nobody')
  await until('it fails', async () => (await stage.types()).includes('hook.failing'))
  await transact(stage.database, stage.scope, cause, (tx) =>
    createPerson(tx, { values: { email: 'jill@acme.test' }, metadata: {}, state: 'active' }),
  )
  fails = false
  await until('it recovers', async () => (await stage.types()).includes('hook.recovered'))
  await until('it was told of all', () => stage.application.calls.at(-1)?.message.users[0]?.email === 'jill@acme.test')
  const [first, again] = stage.application.calls
  t.equal(first?.headers['webhook-id'], again?.headers['webhook-id'], 'the same, told again')
  t.match(first?.message, { type: 'directory.user.after_create', directory: { name: 'Okta' } })
  t.strictSame(
    again?.message.users.map(({ email }) => email),
    ['jane@acme.test', 'john@acme.test'],
  )
  t.equal(stage.application.calls.at(-1)?.message.directory, null, 'an administrator made her')
  for (const secret of [stage.secret, rotated])
    t.ok(new Webhook(secret).verify(first?.text ?? '', first?.headers ?? {}))
})

t.test('an after_create that is to hold up nothing is given up after three attempts', async (t) => {
  const stage = await openStage(t, { kind: 'after_create', policy: 'proceed' }, () => 500)
  const due = () =>
    transact(stage.database, stage.scope, cause, ({ db, organizationId }) =>
      db.updateTable('hooks').set({ retry_at: null }).where('organization_id', '=', organizationId).execute(),
    )
  await startPoller(t, stage.databaseUrl)
  await stage.directory.createUser(userDocument('jane@acme.test'))
  for (const attempts of [1, 2, 3]) {
    await until(`attempt ${attempts}`, () => stage.application.calls.length === attempts)
    await delay(100)
    await due()
  }
  await delay(300)
  t.equal(stage.application.calls.length, 3)
  t.strictSame(
    (await stage.types()).filter((type) => type.startsWith('hook.')),
    ['hook.failing'],
  )
})

t.test('a job names its organization', async (t) => {
  const { context } = await openStage(t, {}, () => 500)
  await t.rejects(taskTable.create_people?.run(context, {}) ?? Promise.resolve(), TypeError)
  await t.rejects(taskTable.create_people?.run(context, null) ?? Promise.resolve(), TypeError)
})
