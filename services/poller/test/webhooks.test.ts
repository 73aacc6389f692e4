import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type EventView, listEvents, openJobQueuePool, read } from '@muster/repository'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
// As the repository's own tests have them.
import { openInstallation } from '../../../packages/repository/test/support/installation.ts'
import { addEndpoint, appendFor } from '../../../packages/repository/test/support/webhooks.ts'
import { quickPolicy, startPoller } from './support/polling.ts'
import { type Answer, openReceiver, type Received } from './support/receiver.ts'
import { testContext } from './support/task-context.ts'

const waitMilliseconds = 60_000

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + waitMilliseconds
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`)
    await delay(20)
  }
}

/** An organization with a webhook endpoint of a receiver on this machine. */
async function openStage(t: Test, answer: (message: Received) => Answer | Promise<Answer>) {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const scope = await addOrganization()
  const receiver = await openReceiver(t, answer)
  const { rootKeys } = testContext(database)
  const { endpointId, secret } = await addEndpoint(database, scope, { url: receiver.url, keys: rootKeys })
  return {
    ...{ database, scope, receiver, endpointId, secret, rootKeys },
    databaseUrl: testDatabase.databaseUrl,
    append: (subjectIds: readonly string[]) => appendFor(database, scope, subjectIds),
    events: (): Promise<EventView[]> =>
      read(database, scope, (reader) => listEvents(reader, {}, { after: 0, limit: 10_000 })),
  }
}

/** Messages in the order in which they first were accepted. */
function accepted(received: readonly Received[]): EventView[] {
  const first = new Map(received.filter(({ status }) => status === 200).map((message) => [message.id, message]))
  const order = [...new Set(received.filter(({ status }) => status === 200).map(({ id }) => id))]
  return order.map((id) => JSON.parse(first.get(id)?.body ?? ''))
}

t.test('R10 a receiver that fails, is slow, and is killed once gets every event, in order and signed', async (t) => {
  t.comment(`seed ${seed}`)
  const chances = fc.sample(fc.noBias(fc.integer({ min: 0, max: 99 })), { numRuns: 5_000, seed })
  let at = 0
  const chance = () => chances[at++ % chances.length] ?? 0
  const stage = await openStage(t, async () => {
    if (chance() < 10) await delay(200)
    return chance() < 50 ? 500 : 200
  })
  await Promise.all([startPoller(t, stage.databaseUrl), startPoller(t, stage.databaseUrl)])
  const subjects = Array.from({ length: 30 }, () => newUuid())
  for (let turn = 0; turn < 10; turn++) {
    await stage.append(subjects)
    if (turn === 4) {
      await until('something arrived', () => stage.receiver.received.length > 20)
      await stage.receiver.kill()
      await delay(700)
      await stage.receiver.revive()
    }
  }
  await until('all arrived', () => accepted(stage.receiver.received).length === 300)
  const events = await stage.events()
  const arrived = accepted(stage.receiver.received)
  t.same(
    arrived.toSorted((one, other) => one.sequence - other.sequence),
    JSON.parse(JSON.stringify(events)),
    'each as the log shows it',
  )
  // The first time each was accepted: the order in which the receiver learned of them.
  const subjectOf = new Map(events.map((event, index) => [event.id, subjects[index % 30]]))
  for (const own of Map.groupBy(arrived, (event) => subjectOf.get(event.id)).values()) {
    const sequences = own.map((event) => event.sequence)
    t.same(
      sequences,
      sequences.toSorted((one, other) => one - other),
    )
  }
  const receiver = new Webhook(stage.secret)
  t.ok(stage.receiver.received.length > 400, 'many were tried more than once')
  for (const { body, headers } of stage.receiver.received) {
    const event = receiver.verify(body, headers as Record<string, string>) as EventView
    if (event.id !== headers['webhook-id']) t.fail('the id of a message is that of its event')
  }
})

t.test('R10 what was under way when a worker was killed comes again, with the same id', async (t) => {
  const stage = await openStage(t, async (message) => {
    if (message.id === stage.receiver.received[0]?.id && stage.receiver.received.length === 1)
      await delay(60_000, undefined, { ref: false })
    return 200
  })
  const key = stage.rootKeys[0]
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./support/delivering-process.ts'))], {
    env: { PATH: process.env.PATH, DATABASE_URL: stage.databaseUrl, ROOT_KEY: key.bytes.toString('base64') },
    stdio: 'inherit',
  })
  t.teardown(() => child.kill('SIGKILL'))
  const subject = newUuid()
  await stage.append([subject, subject])
  await until('the first arrived', () => stage.receiver.received.length === 1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const jobs = openJobQueuePool({ url: stage.databaseUrl, connectionsMax: 1 })
  t.teardown(() => jobs.end())
  const { rows } = await jobs.query(
    "UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key = $1 RETURNING run_at < now() + interval '60 s' AS soon",
    [`look after:${stage.endpointId}`],
  )
  t.equal(rows.length, 1, 'a job looks after it')
  await startPoller(t, stage.databaseUrl, { webhooks: { policy: { ...quickPolicy, claimSeconds: 2 }, logDays: 14 } })
  await until('both arrived', () => accepted(stage.receiver.received).length === 2)
  const [first, second] = await stage.events()
  t.same(
    stage.receiver.received.map(({ id }) => id),
    [first?.id, first?.id, second?.id],
  )
})

t.test('an endpoint that is slow holds up no other; a big backlog keeps its order', async (t) => {
  const count = times(1_500, 5_000)
  const stage = await openStage(t, () => 200)
  const slow = await openReceiver(t, () => delay(60_000, 200, { ref: false }))
  for (let endpoint = 0; endpoint < 6; endpoint++) {
    await addEndpoint(stage.database, stage.scope, { url: slow.url, keys: stage.rootKeys })
  }
  const subjects = Array.from({ length: 50 }, () => newUuid())
  const all = Array.from({ length: count }, (_, index) => subjects[(index * index) % 50] ?? '')
  await stage.append(all)
  const { stop } = await startPoller(t, stage.databaseUrl)
  await until('all arrived', () => stage.receiver.received.length >= count)
  t.equal(slow.openMax, 48, 'eight at once each')
  const arrived = accepted(stage.receiver.received)
  t.equal(arrived.length, count)
  t.equal(stage.receiver.received.length, count, 'none twice')
  for (const own of Map.groupBy(arrived, (event) => all[event.sequence - 1]).values()) {
    const sequences = own.map((event) => event.sequence)
    t.same(
      sequences,
      sequences.toSorted((one, other) => one - other),
    )
  }
  await stop()
})

t.test('410 and Retry-After are heard; no redirect is followed; nothing of an answer is kept', async (t) => {
  const answers: Answer[] = [302, { status: 429, retryAfter: '1' }, 200, 410]
  const stage = await openStage(t, () => answers.shift() ?? 200)
  await startPoller(t, stage.databaseUrl)
  const subject = newUuid()
  await stage.append([subject, subject])
  const alarm = () => stage.events().then((events) => events.find(({ type }) => type === 'webhook_endpoint.disabled'))
  await until('it is disabled', async () => (await alarm()) !== undefined)
  t.match((await alarm())?.data, {
    endpoint: {
      id: toTypeId('webhookEndpoint', stage.endpointId),
      url: stage.receiver.url.split('?')[0],
      reason: 'gone',
    },
  })
  t.same(
    stage.receiver.received.map(({ status }) => status),
    [302, 429, 200, 410],
  )
  const pool = openJobQueuePool({ url: stage.databaseUrl, connectionsMax: 1 })
  t.teardown(() => pool.end())
  await pool.query(`SET muster.organization_id = '${stage.scope.organizationId}'`)
  const { rows } = await pool.query('SELECT state, attempts FROM webhook_deliveries ORDER BY sequence LIMIT 2')
  t.match(rows, [
    {
      state: 'delivered',
      attempts: [
        { status: 302, error: 'redirect' },
        { status: 429, error: 'status' },
        { status: 200, error: null },
      ],
    },
    { state: 'pending', attempts: [{ status: 410, error: 'gone' }] },
  ])
  t.notMatch(JSON.stringify(rows), /thank you/)
  const [, rested, third] = rows[0].attempts
  t.ok(Date.parse(third.at) - Date.parse(rested.at) >= 1_000)
})
