import { setTimeout as delay } from 'node:timers/promises'
import { newSecretKey } from '@muster/runtime/secret-box'
import t, { type Test } from 'tap'
import {
  type ClaimedRun,
  changeDirectoryConfig,
  claimChannel,
  claimRun,
  disableChannel,
  enableChannel,
  failChannel,
  failRun,
  findAddressedChannel,
  findChannel,
  finishChannel,
  giveRunBack,
  hashChannelSecret,
  isChannelSecret,
  newChannelSecret,
  pokeDirectory,
  queueDueJobs,
  read,
  receiveNotification,
  rotateChannel,
  setDirectoryPaused,
  stagePage,
  storeSubscriptions,
  type Transaction,
  transact,
} from '../src/index.ts'
import { cause } from './support/directory.ts'
import { connect, openInstallation } from './support/installation.ts'
import { addPolledDirectory, pagesOf } from './support/sync-stage.ts'

const leaseSeconds = 60
const source = { users: [{ id: 'u1' }] }

async function openStage(t: Test) {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const scope = await addOrganization()
  const directory = await addPolledDirectory(database, scope)
  const of = { organizationId: scope.organizationId, directoryId: directory.directoryId }
  const change = <T>(work: (tx: Transaction) => Promise<T>) => transact(database, scope, cause, work)
  return {
    ...{ database, superuser, scope, directory, of, change },
    poke: () => change((tx) => pokeDirectory(tx, of.directoryId)),
    claim: () => claimRun(database, of, { leaseSeconds }),
    async claimed(): Promise<ClaimedRun> {
      const claimed = await claimRun(database, of, { leaseSeconds })
      if (claimed === undefined) throw new Error('The directory is not to be had')
      return claimed
    },
    /** Has a run that was taken find that nothing has changed. */
    async finish(claimed: ClaimedRun): Promise<void> {
      for (const page of pagesOf({ users: [] }, 'changes')) await stagePage(database, claimed.lease, page)
      await directory.apply(claimed)
    },
    /** Seconds until it is due; null: never. */
    async dueIn(): Promise<number | null> {
      const { rows } = await superuser.query(
        'SELECT extract(epoch FROM due_at - clock_timestamp())::float8 AS seconds FROM sync_routes',
      )
      return rows[0].seconds
    },
    row: async () => (await superuser.query('SELECT * FROM directory_syncs')).rows[0],
    runs: async () => (await superuser.query('SELECT FROM sync_runs')).rowCount ?? 0,
  }
}

t.test('who is told reads at once; what is told during a run is read by another one behind it', async (t) => {
  const stage = await openStage(t)
  await stage.directory.sync(source)
  await stage.superuser.query('UPDATE directory_syncs SET rests_until = now()')
  t.ok(Number(await stage.dueIn()) > 3_000, 'by schedule in an hour')
  t.equal(await stage.claim(), undefined)
  await stage.poke()
  t.ok(Number(await stage.dueIn()) <= 0, 'at once')
  const { rows } = await stage.superuser.query(
    `SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE task_identifier = 'sync_directory' AND key LIKE 'sync:%'`,
  )
  t.equal(rows[0].count, 1, 'without waiting for somebody to look')

  const claimed = await stage.claimed()
  t.match(claimed.run, { occasion: 'notification', scan: 'delta', purpose: 'sync' })
  t.equal((await stage.row()).poked_at, null, 'what was told until now is read by this run')
  await Promise.all(Array.from({ length: 50 }, () => stage.poke()))
  t.ok((await stage.row()).poked_at, 'and what is told from now on is not')
  await stage.superuser.query(`UPDATE directory_syncs SET begun_at = clock_timestamp() - interval '10 seconds'`)
  await stage.finish(claimed)
  const behind = Number(await stage.dueIn())
  t.ok(behind > 8 && behind <= 11, `it rests for as long as it was read: ${behind} s`)
  t.equal(await stage.claim(), undefined, 'whatever job is left over')
  await stage.poke()
  t.ok(Number(await stage.dueIn()) > 7, 'whoever is told meanwhile waits, too')
  await stage.superuser.query('UPDATE directory_syncs SET rests_until = now()')
  await stage.superuser.query('UPDATE sync_routes SET due_at = now()')
  const next = await stage.claimed()
  t.match(next.run, { occasion: 'notification' })
  await stage.finish(next)
  t.ok(Number(await stage.dueIn()) > 3_000, 'nothing is left to be read')
})

t.test(
  'whoever looks what is due keeps no poked directory from being read, and no rest holds up the schedule',
  async (t) => {
    const stage = await openStage(t)
    const look = async () => t.equal(await queueDueJobs(stage.database, 'sync', { limit: 10 }), 1)
    await stage.poke()
    await look()
    const first = await stage.claimed()
    t.match(first.run, { scan: 'full' }, 'one that has never rested')
    for (const page of pagesOf(source)) await stagePage(stage.database, first.lease, page)
    await stage.directory.apply(first)
    await stage.superuser.query(`UPDATE directory_syncs SET rests_until = now() + interval '1 hour'`)
    await stage.poke()
    t.equal(await stage.claim(), undefined, 'it rests')
    await stage.superuser.query('UPDATE sync_routes SET due_at = now()')
    await look()
    t.ok(await stage.claim(), 'by schedule it is read all the same')
  },
)

t.test('a run that goes on where it was has not read what was told since; a plan has read for nobody', async (t) => {
  const stage = await openStage(t)
  const begun = await stage.directory.read(source)
  await stage.poke()
  await giveRunBack(stage.database, begun.lease)
  const taken = await stage.claimed()
  t.equal(taken.run.pages, 1)
  t.ok((await stage.row()).poked_at, 'it has read a page already')
  await stage.directory.apply(taken)
  t.ok(Number(await stage.dueIn()) < 60, 'so that another one follows')
  await stage.superuser.query('UPDATE directory_syncs SET rests_until = now()')

  await stage.directory.plan(source)
  t.ok((await stage.row()).poked_at)
  t.ok(Number(await stage.dueIn()) < 60, 'behind a plan as well')
})

t.test('a directory in trouble is read when it is tried again, a paused one when it is resumed', async (t) => {
  const stage = await openStage(t)
  await stage.directory.sync(source)
  await stage.poke()
  await stage.superuser.query('UPDATE directory_syncs SET rests_until = now()')
  await stage.superuser.query('UPDATE sync_routes SET due_at = now()')
  const { lease } = await stage.claimed()
  await stage.poke()
  const error = { code: 'unavailable', message: 'The source is in trouble.' }
  await failRun(stage.database, lease, { error, dueInSeconds: 1_800 })
  t.ok(Number(await stage.dueIn()) > 1_700, 'what was told during a run that failed')
  await stage.poke()
  t.ok(Number(await stage.dueIn()) > 1_700, 'and behind it')

  await stage.change((tx) => setDirectoryPaused(tx, stage.of.directoryId, true))
  const before = await stage.row()
  await stage.poke()
  t.equal(await stage.dueIn(), null)
  t.same(await stage.row(), before)
  await stage.change((tx) => setDirectoryPaused(tx, stage.of.directoryId, false))
  t.ok(Number(await stage.dueIn()) <= 0)
})

t.test('a storm of notifications while runs come and go: few runs, none of which misses the last one', async (t) => {
  const stage = await openStage(t)
  await stage.directory.sync(source)
  const runsBefore = await stage.runs()
  let isStorming = true
  const storm = (async () => {
    for (let wave = 0; wave < 20; wave += 1) await Promise.all(Array.from({ length: 50 }, () => stage.poke()))
    isStorming = false
  })()
  while (isStorming || (await stage.row()).poked_at !== null) {
    const claimed = await stage.claim()
    if (claimed === undefined) await delay(20)
    else await stage.finish(claimed)
  }
  await storm
  const runs = (await stage.runs()) - runsBefore
  t.ok(runs >= 1 && runs <= 20, `${runs} runs for 1,000 notifications`)
})

async function openChannel(t: Test) {
  const stage = await openStage(t)
  const { database, of, scope, superuser } = stage
  return {
    ...stage,
    enable: (kind: 'subscribed' | 'manual' = 'subscribed', secret = newChannelSecret()) =>
      stage.change((tx) => enableChannel(tx, of.directoryId, { kind, secretHash: hashChannelSecret(secret) })),
    claimWith: (secret: string) => claimChannel(database, of, { leaseSeconds, secretHash: hashChannelSecret(secret) }),
    view: () => read(database, scope, (reader) => findChannel(reader, of.directoryId)),
    async accepts(secret: string): Promise<boolean> {
      const { rows } = await superuser.query('SELECT channel_id FROM notification_routes')
      const channel = rows[0] && (await findAddressedChannel(database, rows[0].channel_id))
      return channel !== undefined && isChannelSecret(secret, channel.secretHashes)
    },
    async makeDue(): Promise<void> {
      await superuser.query('UPDATE notification_routes SET due_at = now()')
      await superuser.query('UPDATE notification_channels SET renew_at = now() WHERE renew_at IS NOT NULL')
    },
  }
}

function madeOf(id: string) {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  return { subscriptions: [{ id, resource: 'users', expiresAt }], renewInSeconds: 2_400 }
}

t.test('the secret of a subscription counts from before it is made until it is ended', async (t) => {
  const stage = await openChannel(t)
  const [first, orphan, second] = [newChannelSecret(), newChannelSecret(), newChannelSecret()]
  t.equal(await stage.enable(), true)
  t.equal(await stage.enable(), false, 'once')
  t.match(await stage.view(), { state: 'pending', kind: 'subscribed', expiresAt: null })

  const crashed = await stage.claimWith(orphan)
  t.match(crashed, { subscribes: true, ending: [] })
  t.ok(await stage.accepts(orphan), 'what the source says while it is asked is heard')
  t.equal(await stage.claimWith(first), undefined, 'one at a time asks')
  // Here the process ended: nobody knows whether the source has promised anything.
  await stage.superuser.query('UPDATE notification_channels SET leased_until = now()')
  await stage.makeDue()
  const work = await stage.claimWith(first)
  if (crashed === undefined || work === undefined) throw new Error('The channel is not to be had')
  t.notOk(await stage.accepts(orphan), 'what it may have promised to somebody who is gone is not believed')
  t.equal(
    await storeSubscriptions(stage.database, crashed, madeOf('orphan')),
    undefined,
    'who comes back late stores nothing',
  )
  t.same(await storeSubscriptions(stage.database, work, madeOf('one')), [])
  t.ok((await stage.row()).poked_at, 'what changed until now is read')
  await finishChannel(stage.database, work, { ending: [], retryInSeconds: 60 })
  t.match(await stage.view(), { state: 'active', error: null, subscriptions: [{ expiresAt: Date }] })
  const { rows } = await stage.superuser.query('SELECT c::text AS text FROM notification_channels c')
  t.notOk(
    [first, orphan].some((secret) => rows[0].text.includes(secret)),
    'no secret is stored',
  )

  await stage.superuser.query('UPDATE notification_routes SET due_at = now()')
  t.equal(await stage.claimWith(second), undefined, 'there is nothing to be done')
  await stage.makeDue()
  const renewal = await stage.claimWith(second)
  if (renewal === undefined) throw new Error('It is not renewed')
  const ending = await storeSubscriptions(stage.database, renewal, madeOf('two'))
  t.match(ending, [{ id: 'one' }])
  await finishChannel(stage.database, renewal, { ending: ending ?? [], retryInSeconds: 60 })
  t.ok((await stage.accepts(first)) && (await stage.accepts(second)), 'both, until the old one is ended')
  await stage.superuser.query('UPDATE notification_routes SET due_at = now()')
  const rest = await stage.claimWith(newChannelSecret())
  t.match(rest, { subscribes: false, ending: [{ id: 'one' }] })
  if (rest !== undefined) await finishChannel(stage.database, rest, { ending: [], retryInSeconds: 60 })
  t.same([await stage.accepts(first), await stage.accepts(second)], [false, true])
})

t.test('what expires before it could be ended is left alone until others are made', async (t) => {
  const stage = await openChannel(t)
  const [first, second] = [newChannelSecret(), newChannelSecret()]
  await stage.enable()
  for (const secret of [first, second]) {
    await stage.makeDue()
    const work = await stage.claimWith(secret)
    if (work === undefined) throw new Error('The channel is not to be had')
    const ending = await storeSubscriptions(stage.database, work, madeOf('one'))
    await finishChannel(stage.database, work, { ending: ending ?? [], retryInSeconds: 60 })
  }
  await stage.superuser.query(
    `UPDATE notification_channels SET ending = jsonb_set(ending, '{0,expiresAt}', '"2026-01-01T00:00:00Z"')`,
  )
  await stage.superuser.query('UPDATE notification_routes SET due_at = now()')
  t.equal(await stage.claimWith(newChannelSecret()), undefined)
  t.same([await stage.accepts(first), await stage.accepts(second)], [false, true], 'its secret does not count any more')
  const { rows } = await stage.superuser.query(
    "SELECT due_at > now() + interval '30 minutes' AS later FROM notification_routes",
  )
  t.equal(rows[0].later, true, 'nobody looks at it again and again')
})

t.test('a channel that cannot be renewed works until it expires; then it has failed', async (t) => {
  const stage = await openChannel(t)
  const secret = newChannelSecret()
  await stage.enable()
  const error = { code: 'permission', message: 'The source refuses.', hint: 'Grant it.' }
  const refused = await stage.claimWith(secret)
  if (refused === undefined) throw new Error('The channel is not to be had')
  await failChannel(stage.database, refused, { error, retryInSeconds: 60 })
  t.match(await stage.view(), { state: 'failed', error })
  await stage.makeDue()
  const work = await stage.claimWith(secret)
  if (work === undefined) throw new Error('It is not tried again')
  t.equal(work.failures, 1)
  await storeSubscriptions(stage.database, work, madeOf('one'))
  await finishChannel(stage.database, work, { ending: [], retryInSeconds: 60 })
  t.match(await stage.view(), { state: 'active', error: null })
  await stage.makeDue()
  const renewal = await stage.claimWith(newChannelSecret())
  if (renewal === undefined) throw new Error('It is not renewed')
  await failChannel(stage.database, renewal, { error, retryInSeconds: 60 })
  t.match(await stage.view(), { state: 'active', error }, 'what was promised still holds')
  t.ok(await stage.accepts(secret))
  await stage.superuser.query('UPDATE notification_channels SET expires_at = now()')
  t.match(await stage.view(), { state: 'failed', error })
  await stage.makeDue()
  t.equal(await queueDueJobs(stage.database, 'channel', { limit: 10 }), 1)
  t.equal(await queueDueJobs(stage.database, 'channel', { limit: 10 }), 0, 'once')
})

t.test('off, on again, another configuration, gone with its directory', async (t) => {
  const stage = await openChannel(t)
  const { database, of } = stage
  const secret = newChannelSecret()
  const subscribe = async (id: string, as = newChannelSecret()) => {
    const work = await stage.claimWith(as)
    if (work === undefined) throw new Error('The channel is not to be had')
    const ending = await storeSubscriptions(database, work, madeOf(id))
    await finishChannel(database, work, { ending: [], retryInSeconds: 60 })
    return ending?.map((one) => one.id)
  }
  await stage.enable()
  await subscribe('one', secret)
  const work = await stage.change((tx) => disableChannel(tx, of.directoryId)).then(() => stage.claimWith(secret))
  t.match(work, { subscribes: false, ending: [{ id: 'one' }] })
  t.equal(await stage.view(), undefined, 'off')
  t.notOk(await stage.accepts(secret))
  t.equal(await stage.enable(), true, 'on again while it is being ended')
  if (work !== undefined) await finishChannel(database, work, { ending: [], retryInSeconds: 60 })
  t.match(await stage.view(), { state: 'pending' }, 'whoever ended it does not take it away any more')
  t.strictSame(await subscribe('two', secret), ['one'])

  const kind = { shownFields: [], destinationFields: [], assertValid: () => undefined }
  const rootKeys = [newSecretKey('test')] as const
  await stage.change((tx) =>
    changeDirectoryConfig(tx, rootKeys, { directoryId: of.directoryId, changes: { host: 'other' } }, kind),
  )
  t.notOk(await stage.accepts(secret), 'another source may be meant')
  t.match(await stage.view(), { state: 'pending' })
  t.strictSame(await subscribe('three'), ['two'])

  await stage.change((tx) => disableChannel(tx, of.directoryId))
  const last = await stage.claimWith(secret)
  if (last === undefined) throw new Error('It is not ended')
  await finishChannel(database, last, { ending: [], retryInSeconds: 60 })
  const { rows } = await stage.superuser.query(
    'SELECT (SELECT count(*)::int FROM notification_channels) + (SELECT count(*)::int FROM notification_routes) AS count',
  )
  t.equal(rows[0].count, 0)

  const [old, next] = [newChannelSecret(), newChannelSecret()]
  await stage.enable('manual', old)
  const rotate = (overlapSeconds: number) =>
    stage.change((tx) => rotateChannel(tx, of.directoryId, { secretHash: hashChannelSecret(next), overlapSeconds }))
  t.equal(await rotate(3_600), 'manual')
  t.same([await stage.accepts(old), await stage.accepts(next)], [true, true])
  await stage.superuser.query('UPDATE notification_routes SET due_at = now()')
  t.equal(await stage.claimWith(secret), undefined)
  t.same([await stage.accepts(old), await stage.accepts(next)], [false, true], 'when its time is over')
})

t.test(
  'what comes to the address of a channel: another subscription is asked for once, and not right behind one',
  async (t) => {
    const stage = await openChannel(t)
    await stage.enable()
    const work = await stage.claimWith(newChannelSecret())
    if (work === undefined) throw new Error('The channel is not to be had')
    await storeSubscriptions(stage.database, work, madeOf('one'))
    await finishChannel(stage.database, work, { ending: [], retryInSeconds: 60 })
    const channel = await findAddressedChannel(stage.database, work.channelId)
    if (channel === undefined) throw new Error('Nobody is at the address')
    t.strictSame(channel.subscriptionIds, ['one'])
    const dueIn = async (): Promise<number> => {
      const { rows } = await stage.superuser.query(
        'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM notification_routes',
      )
      return rows[0].seconds
    }
    t.ok((await dueIn()) > 2_000)
    await receiveNotification(stage.database, channel, 'confirmed')
    t.match(await stage.view(), { lastReceivedAt: null }, 'anybody may ask whether the address is ours')
    await receiveNotification(stage.database, channel, 'renew')
    t.ok((await dueIn()) > 30, 'it was made this minute')
    await stage.superuser.query(`UPDATE notification_channels SET made_at = now() - interval '1 hour'`)
    await receiveNotification(stage.database, channel, 'renew')
    t.ok((await dueIn()) <= 0)
    t.match(await stage.view(), { lastReceivedAt: Date })
  },
)
