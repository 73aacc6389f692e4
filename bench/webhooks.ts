/**
 * Events and webhooks: events a second of one hot organization and over 200, without and with an endpoint that is delivered
 * to meanwhile; deliveries a second of a backlog to a receiver on this machine; and from commit to the first attempt, while
 * 50 events a second are written.
 * Run: make bench BENCH=webhooks
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { deliveryPolicy, newSigningSecret } from '@muster/events'
import {
  authenticateScimToken,
  createWebhook,
  type Database,
  type OrganizationScope,
  openDatabase,
  transact,
} from '@muster/repository'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { newSecretKey } from '@muster/runtime/secret-box'
import { hashToken } from '@muster/runtime/tokens'
import { newUuid } from '@muster/runtime/type-ids'
// Inside the service: the poller without its listener.
import { followLog } from '../services/poller/src/follow-log.ts'
import { createWorker } from '../services/poller/src/worker.ts'
import { printTable, rate } from './support/measure.ts'
import { createDirectories } from './support/scim-directories.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'

const pepper = 'p'.repeat(32)
const cause = { kind: 'system', id: 'bench' } as const
const writers = 16
const secondsEach = Number(process.env.SECONDS_EACH ?? 4)
const backlog = Number(process.env.BACKLOG ?? 5_000)
const subjects = Array.from({ length: 500 }, () => newUuid())
const rootKeys = [newSecretKey('bench')] as const
const data = { user: { email: 'jane@bench.test', text: 'x'.repeat(700) } }

/** An event of about 1 KB, of one of 500 subjects. */
function append(database: Database, scope: OrganizationScope, turn: number, count = 1): Promise<void> {
  return transact(database, scope, cause, async (tx) => {
    tx.append(
      Array.from({ length: count }, (_, index) => ({
        type: 'directory.user.updated' as const,
        directoryId: null,
        subjectId: subjects[(turn + index) % subjects.length] ?? '',
        data,
      })),
    )
  })
}

async function openReceiver() {
  const received: { sequence: number; at: number }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ sequence: JSON.parse(Buffer.concat(chunks).toString()).sequence, at: performance.now() })
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received, close }
}

function startPoller(databaseUrl: string) {
  const database = openDatabase({ url: databaseUrl })
  const context = {
    database,
    logger: createLogger({ service: 'poller', level: 'error' }),
    requestLog: { days: 30, rowsMax: 10_000 },
    eventLog: { days: 400 },
    rootKeys,
    outbound: createOutbound({ allowedHosts: ['127.0.0.0/8'] }),
    connectors: {},
    publicUrl: 'http://127.0.0.1:7643',
    webhooks: { policy: deliveryPolicy, logDays: 14 },
  }
  const worker = createWorker({ ...context, databaseUrl, syncsAtOnce: 1 })
  const following = followLog(context)
  return {
    async start() {
      await worker.start()
      following.start()
    },
    async stop() {
      await Promise.all([worker.stop(), following.stop()])
      await Promise.all([database.close(), context.outbound.close()])
    },
  }
}

function addEndpoint(database: Database, scope: OrganizationScope, url: string) {
  return transact(database, scope, cause, (tx) => createWebhook(tx, rootKeys, { url, secret: newSigningSecret() }))
}

/** Events a second from all writers, over so many organizations. */
function eventRate(database: Database, scopes: readonly OrganizationScope[]): Promise<number> {
  return rate(writers, secondsEach, (writer, turn) => {
    const scope = scopes[(writer + turn * writers) % scopes.length]
    return scope === undefined ? Promise.resolve() : append(database, scope, writer + turn * writers)
  })
}

/** Milliseconds from the commit of each of so many events to its first attempt, in order. */
async function latencies(
  database: Database,
  scope: OrganizationScope,
  receiver: Awaited<ReturnType<typeof openReceiver>>,
  count: number,
): Promise<number[]> {
  const before = receiver.received.length
  const committed: number[] = []
  for (let turn = 0; turn < count; turn++) {
    await append(database, scope, turn)
    committed.push(performance.now())
    await sleep(20)
  }
  while (receiver.received.length < before + count) await sleep(20)
  const arrived = receiver.received.slice(before).toSorted((one, other) => one.sequence - other.sequence)
  return arrived.map(({ at }, index) => at - (committed[index] ?? 0)).sort((one, other) => one - other)
}

await withScratchPostgres(async (superuserUrl) => {
  const { databaseUrl, directories } = await createDirectories(superuserUrl, { pepper, organizations: 200 })
  const database = openDatabase({ url: databaseUrl, connectionsMax: writers })
  const principals = await Promise.all(
    directories.map(({ token }) => authenticateScimToken(database, hashToken(pepper, token))),
  )
  const scopes = principals.flatMap((principal) => (principal === undefined ? [] : [principal.scope]))
  const [hot, other] = scopes
  if (hot === undefined || other === undefined) throw new Error('The tokens do not work')
  const receiver = await openReceiver()

  const without = [await eventRate(database, [hot]), await eventRate(database, scopes)]
  const poller = startPoller(databaseUrl)
  await addEndpoint(database, hot, receiver.url)
  await poller.start()
  const withEndpoint = [await eventRate(database, [hot]), await eventRate(database, scopes)]
  const perSecond = (count: number | undefined) => `${Math.round(count ?? 0)}/s`
  printTable([
    ['events of 1 KB, 16 writers', 'one organization', 'over 200'],
    ['nobody follows', ...without.map(perSecond)],
    ['one endpoint, delivered to meanwhile', ...withEndpoint.map(perSecond)],
  ])
  await poller.stop()

  const second = startPoller(databaseUrl)
  await addEndpoint(database, other, receiver.url)
  const before = receiver.received.length
  for (let turn = 0; turn < backlog / 500; turn++) await append(database, other, 0, 500)
  const begun = performance.now()
  await second.start()
  // Of the hot organization, too: what it has not got yet.
  while (receiver.received.length < before + backlog) await sleep(20)
  const seconds = (performance.now() - begun) / 1_000
  process.stdout.write(
    `\nbacklog: ${perSecond((receiver.received.length - before) / seconds)} to a receiver on this machine\n`,
  )
  let last = -1
  while (receiver.received.length !== last) {
    last = receiver.received.length
    await sleep(1_000)
  }
  const sorted = await latencies(database, other, receiver, 300)
  const quantile = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)} ms`
  process.stdout.write(`commit → first attempt at 50/s: p50 ${quantile(0.5)}, p99 ${quantile(0.99)}\n`)
  await second.stop()
  receiver.close()
  await database.close()
})
