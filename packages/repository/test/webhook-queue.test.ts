import { eventDefects } from '@muster/events'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  disableWebhook,
  enableWebhook,
  listBehind,
  listEvents,
  pruneDeliveries,
  read,
  redeliver,
  replayWebhook,
  transact,
} from '../src/index.ts'
import { addDirectory, cause, userDocument } from './support/directory.ts'
import { openExplainedPool } from './support/explained-pool.ts'
import { connect, openInstallation } from './support/installation.ts'
import { addEndpoint, appendFor, delivered, playPoller, refused } from './support/webhooks.ts'

const quick = { retrySeconds: [100, 100], jitter: 0, failuresMax: 10, claimSeconds: 45 }

/** An endpoint of an organization of its own, and a poller for it. */
async function openEndpoint(t: Test, options: Parameters<typeof addEndpoint>[2] & { policy?: typeof quick } = {}) {
  const installation = await openInstallation(t)
  const { database } = installation
  const scope = await installation.addOrganization()
  const { endpointId } = await addEndpoint(database, scope, options)
  const superuser = await connect(t, installation.testDatabase.superuserUrl)
  const only = async <T>(text: string): Promise<T> => (await superuser.query(text, [endpointId])).rows[0]
  return {
    database,
    scope,
    endpointId,
    superuser,
    poller: playPoller(database, scope, endpointId, options.policy),
    append: (subjectIds: readonly string[]) => appendFor(database, scope, subjectIds),
    run: <T>(work: Parameters<typeof transact<T>>[3]) => transact(database, scope, cause, work),
    endpoint: () => only<Record<string, unknown>>('SELECT * FROM webhook_endpoints WHERE webhook_endpoint_id = $1'),
    deliveries: async () =>
      (
        await superuser.query('SELECT * FROM webhook_deliveries WHERE webhook_endpoint_id = $1 ORDER BY sequence', [
          endpointId,
        ])
      ).rows,
    jobs: async () =>
      (
        await superuser.query('SELECT key, run_at FROM graphile_worker.jobs WHERE key LIKE $1 ORDER BY key', [
          `%${endpointId}`,
        ])
      ).rows,
    alarms: () =>
      read(database, scope, (reader) =>
        listEvents(
          reader,
          { types: ['webhook_endpoint.disabled', 'webhook_endpoint.delivery_failed'] },
          { after: 0, limit: 100 },
        ),
      ),
  }
}

const [a, b, c] = [newUuid(), newUuid(), newUuid()]

t.test('of a subject one delivery at a time is due, in order, whoever takes them', async (t) => {
  const { poller, append, deliveries, jobs } = await openEndpoint(t)
  await append([a, a, b, a, b, c])
  await poller.fanOut()
  const keys = (await jobs()).map(({ key }) => key.split(':')[0])
  t.same(keys, ['deliver', 'look after'], 'and a job looks after whoever is to deliver')
  const first = await poller.claim()
  t.same(
    first.map((one) => one.sequence),
    [1, 3, 6],
  )
  t.same(await poller.claim(), [], 'nobody else gets them')
  await append([a, c])
  await poller.fanOut()
  t.same(await poller.claim(), [], 'behind what is under way')
  const claimed = await poller.finish(first, delivered, 10)
  t.same(
    claimed?.claimed.map((one) => one.sequence),
    [2, 5, 8],
  )
  t.same(await poller.finish(first, refused), { ...claimed, claimed: [], secrets: [] }, 'an attempt counts once')
  t.same(
    (await deliveries()).map((row) => [row.state, row.attempt_count]),
    [1, 2, 3, 4, 5, 6, 7, 8].map((sequence) => ([1, 3, 6].includes(sequence) ? ['delivered', 1] : ['pending', 0])),
  )
  await poller.finish(claimed?.claimed ?? [], delivered)
  t.same(await poller.deliverAll(), [4, 7])
})

t.test('several pollers at once: each event once, and in the order of its subject', async (t) => {
  const { database, scope, endpointId, poller, append } = await openEndpoint(t)
  t.comment(`seed ${seed}`)
  const subjects = Array.from({ length: 20 }, () => newUuid())
  const chosen = fc.sample(fc.constantFrom(...subjects), { numRuns: times(1_000, 3_000), seed })
  const order: number[] = []
  const work = async () => {
    const own = playPoller(database, scope, endpointId)
    for (let idle = 0; idle < 30; ) {
      const claimed = await own.claim(7)
      order.push(...claimed.map((one) => one.sequence))
      idle = claimed.length === 0 ? idle + 1 : 0
      await own.finish(claimed, delivered)
    }
  }
  const write = async () => {
    for (let at = 0; at < chosen.length; at += 100) {
      await append(chosen.slice(at, at + 100))
      await poller.fanOut()
    }
  }
  await Promise.all([write(), work(), work(), work()])
  t.same(
    order.toSorted((one, other) => one - other),
    Array.from(chosen, (_, index) => index + 1),
  )
  const bySubject = Map.groupBy(order, (sequence) => chosen[sequence - 1])
  for (const sequences of bySubject.values())
    t.same(
      sequences,
      sequences.toSorted((one, other) => one - other),
    )
})

t.test('what an endpoint does not want is never a delivery; its cursor goes on', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const [one, other] = [await addDirectory(database, scope, 'One'), await addDirectory(database, scope, 'Other')]
  const { endpointId } = await addEndpoint(database, scope, {
    types: ['directory.user.created', 'directory.user.deactivated'],
    directoryId: one.directoryId,
  })
  const poller = playPoller(database, scope, endpointId)
  await one.createUser(userDocument('jane'))
  await other.createUser(userDocument('john'))
  await poller.fanOut()
  const claimed = await poller.claim()
  t.match(claimed, [{ event: { type: 'directory.user.created', directoryId: one.typeId } }])
  t.equal(claimed.length, 1)
  t.same(await listBehind(database, ['webhook']), [])
  const [shown] = await read(database, scope, (reader) =>
    listEvents(reader, {}, { after: (claimed[0]?.sequence ?? 0) - 1, limit: 1 }),
  )
  t.same(claimed[0]?.event, shown, 'as the log shows it')
})

t.test('a failing endpoint is tried with one delivery, later and later', async (t) => {
  const policy = { retrySeconds: [100, 200, 400], jitter: 0, failuresMax: 3, claimSeconds: 45 }
  const { poller, append, endpoint, superuser, jobs } = await openEndpoint(t, { policy })
  const subjects = Array.from({ length: 6 }, () => newUuid())
  await append(subjects)
  await poller.fanOut()
  const claimed = await poller.claim(5)
  const after = await poller.finish(claimed, refused, 10)
  t.match(after, { claimed: [], isFailing: true })
  const secondsAhead = async () => Math.round((Number((await endpoint()).retry_at) - Date.now()) / 10_000) * 10
  t.match(await endpoint(), { failures_in_a_row: 3, status: 'enabled' }, 'those that were under way do not count')
  t.equal(await secondsAhead(), 100)
  const due = (await jobs())[0]?.run_at
  t.equal(Math.round((due - Date.now()) / 10_000) * 10, 100, 'a job goes on then')
  const wait = async () => {
    await superuser.query(`UPDATE webhook_endpoints SET retry_at = now() - interval '1 s'`)
  }
  await wait()
  const [probe, ...more] = await poller.claim()
  t.match(probe, { sequence: 6, isProbe: true })
  t.same(more, [])
  t.same(await poller.claim(), [], 'one at a time')
  await poller.round([], 0, probe === undefined ? [] : [probe])
  const again = await poller.claim()
  t.match(again, [{ sequence: 6, isProbe: true }], 'given back, it is tried by the next')
  await poller.finish(again, refused)
  t.equal(await secondsAhead(), 200)
  await wait()
  await superuser.query(`UPDATE webhook_deliveries SET next_attempt_at = now()`)
  const [last] = await poller.claim()
  const healed = await poller.finish(last === undefined ? [] : [last], delivered, 10)
  t.equal(healed?.claimed.length, 5, 'one success, and all others are delivered')
  t.match(await endpoint(), { failures_in_a_row: 0, failing_since: null, retry_at: null })
})

t.test('a receiver that asks for rest gets it', async (t) => {
  const { poller, append, endpoint } = await openEndpoint(t)
  await append([a, b])
  await poller.fanOut()
  const asked = { ...refused, status: 429, retryAfterSeconds: 600 }
  const round = await poller.finish(await poller.claim(1), asked, 10)
  t.match(round, { claimed: [], isFailing: false })
  t.ok(Number((await endpoint()).retry_at) > Date.now() + 590_000)
})

t.test('given up: while others arrive, one event; when none does, the endpoint', async (t) => {
  const { poller, append, alarms, endpoint, deliveries, endpointId, run, superuser } = await openEndpoint(t, {
    policy: quick,
  })
  await append([a, a, b])
  await poller.fanOut()
  const fail = async () => {
    await superuser.query('UPDATE webhook_deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL')
    const [first, ...others] = await poller.claim()
    return poller.finish(first === undefined ? [] : [first], refused).then(() => poller.finish(others, delivered))
  }
  await fail()
  await fail()
  await fail()
  t.same(
    (await deliveries()).map((row) => row.state),
    ['failed', 'pending', 'delivered'],
  )
  const [failed, ...noMore] = await alarms()
  t.same(noMore, [])
  const at = { id: toTypeId('webhookEndpoint', endpointId), url: 'https://receiver.test/hook/path' }
  t.match(failed?.data, { endpoint: at, delivery: { sequence: 1, type: 'directory.user.updated', attempts: 3 } })
  await fail()
  await fail()
  await fail()
  t.match(await endpoint(), { status: 'disabled', disabled_reason: 'dead' })
  const [, disabled] = await alarms()
  t.match(disabled, { type: 'webhook_endpoint.disabled', data: { endpoint: { ...at, reason: 'dead' } } })
  t.same(eventDefects(await alarms()), [])
  t.equal(await poller.round(), undefined, 'nothing more is delivered')

  await append([c])
  await poller.fanOut()
  t.equal((await deliveries()).length, 3, 'nor added')
  t.equal(await run((tx) => enableWebhook(tx, endpointId)), true)
  t.equal(await run((tx) => enableWebhook(tx, endpointId)), false)
  await poller.fanOut()
  t.same(await poller.deliverAll(), [2, 4, 6, 5], 'it goes on where it stopped, its alarms included')
})

t.test('410 ends it at once; by hand, too', async (t) => {
  const { poller, append, alarms, endpoint, endpointId, database, run } = await openEndpoint(t)
  await append([a, b])
  await poller.fanOut()
  const claimed = await poller.claim()
  await poller.finish(claimed.slice(0, 1), { kind: 'gone', status: 410, error: 'gone', retryAfterSeconds: 0 })
  await poller.finish(claimed.slice(1), delivered)
  t.match(await endpoint(), { status: 'disabled', disabled_reason: 'gone' })
  t.match(await alarms(), [{ data: { endpoint: { reason: 'gone' } } }])
  await poller.fanOut()
  t.same(await listBehind(database, ['webhook']), [], 'nobody looks after it')
  await run((tx) => enableWebhook(tx, endpointId))
  t.same(await poller.deliverAll(), [1])
  t.equal(await run((tx) => disableWebhook(tx, endpointId)), true)
  t.equal(await run((tx) => disableWebhook(tx, endpointId)), false)
  t.match(await endpoint(), { disabled_reason: 'manual' })
  t.equal((await alarms()).length, 1)
})

t.test('replay and redelivery', async (t) => {
  const { poller, append, endpointId, deliveries, run } = await openEndpoint(t)
  await append([a, b, a, a])
  await poller.fanOut()
  await poller.deliverAll()
  await append([a])
  await poller.fanOut()
  const underWay = await poller.claim()
  t.same(
    underWay.map((one) => one.sequence),
    [5],
  )
  t.equal(await run((tx) => replayWebhook(tx, endpointId, 1)), true)
  t.equal(await run((tx) => replayWebhook(tx, newUuid(), 1)), false)
  await poller.fanOut()
  await poller.finish(underWay, delivered)
  t.same(await poller.deliverAll(), [2, 3, 4, 5], 'in order, what was under way comes again')
  t.equal((await deliveries())[1]?.attempts.length, 2, 'the log keeps the attempts before')
  await run((tx) => replayWebhook(tx, endpointId, 99))
  t.equal(await poller.fanOut(), false)

  const [, , third] = await deliveries()
  await append([a, a])
  await poller.fanOut()
  t.equal(await run((tx) => redeliver(tx, endpointId, third?.event_id)), true)
  t.same(await poller.deliverAll(), [3, 6, 7], 'what waits behind it comes when it is done')
  t.equal(await run((tx) => redeliver(tx, endpointId, newUuid())), false)
})

t.test('the delivery log is pruned in pieces, what waits is kept', async (t) => {
  const { poller, append, deliveries, database, superuser } = await openEndpoint(t)
  await append(Array.from({ length: 6_000 }, (_, index) => (index === 10 ? b : a)))
  for (let page = 0; page < 6; page++) await poller.fanOut()
  await superuser.query(`UPDATE webhook_deliveries SET state = 'delivered', next_attempt_at = NULL,
    finished_at = now() - interval '20 days', created_at = now() - interval '20 days' WHERE sequence <= 5900 AND sequence <> 11`)
  await superuser.query(`UPDATE webhook_deliveries SET created_at = now() - interval '20 days' WHERE sequence = 11`)
  const before = new Date(Date.now() - 14 * 86_400_000)
  t.equal(await pruneDeliveries(database, { before, cause }), 5_899)
  t.equal((await deliveries()).length, 101)
  t.equal(await pruneDeliveries(database, { before, cause }), 0)
})

for (const isAnalyzed of [false, true]) {
  t.test(`a backlog costs no more than what is taken of it${isAnalyzed ? ', analysed' : ''}`, async (t) => {
    const installation = await openInstallation(t)
    const { addOrganization, testDatabase } = installation
    const scope = await addOrganization()
    const { endpointId } = await addEndpoint(installation.database, scope)
    const subjects = Array.from({ length: 2_000 }, () => newUuid())
    await appendFor(installation.database, scope, [...subjects, ...subjects, ...Array.from({ length: 2_000 }, () => a)])
    const filling = playPoller(installation.database, scope, endpointId)
    for (let page = 0; page < 5; page++) await filling.fanOut()
    const superuser = await connect(t, testDatabase.superuserUrl)
    if (isAnalyzed) await superuser.query('ANALYZE')
    const { database, during } = await openExplainedPool(t, installation, {})
    const poller = playPoller(database, scope, endpointId)
    const claimed = await poller.claim(32)
    const works: [string, number, () => Promise<unknown>][] = [
      ['fan-out', 1_000, () => poller.fanOut()],
      ['a round', 100, () => poller.finish(claimed, delivered, 32)],
      ['giving back', 100, async () => poller.round([], 0, await poller.claim(32))],
    ]
    for (const [name, rowsMax, work] of works) {
      const statements = await during(work)
      t.ok(statements.length > 3)
      for (const { text, mostRows, where, sequentialScans } of statements) {
        t.same(sequentialScans, [], text)
        t.ok(mostRows <= rowsMax, `${name}: ${mostRows} rows by ${where}: ${text.slice(0, 60)}`)
      }
    }
  })
}
