import { type ConnectorDefinition, ConnectorError, type Subscription } from '@muster/connectors'
import {
  createDirectory,
  disableChannel,
  enableChannel,
  findAddressedChannel,
  findChannel,
  hashChannelSecret,
  isChannelSecret,
  newChannelSecret,
  read,
  rotateChannel,
  sealDirectoryConfig,
  transact,
} from '@muster/repository'
import { decodeUuid } from '@muster/runtime/type-ids'
import pg from 'pg'
import t, { type Test } from 'tap'
import { openInstallation } from '../../../packages/repository/test/support/installation.ts'
import { renewalSeconds } from '../src/notifications/channel-pace.ts'
import { taskTable } from '../src/tasks/task-table.ts'
import { testContext } from './support/task-context.ts'

const cause = { kind: 'system', id: 'test' } as const
const config = { tenantId: 'acme', clientSecret: 'Correct-Horse-1' }

/** A source that promises what it is asked for, and remembers it. */
function createSource() {
  const made: (Subscription & { secret: string; address: string })[] = []
  const ended: string[] = []
  const told: { fails: Error | undefined; whileAsked: (() => Promise<void>) | undefined } = {
    fails: undefined,
    whileAsked: undefined,
  }
  const notifications: ConnectorDefinition['notifications'] = {
    receive: () => ({ means: 'refused' }),
    subscriptions: {
      subscribe: async (given, _context, { address, secret }) => {
        if (JSON.stringify(given) !== JSON.stringify(config)) throw new Error('That is another configuration')
        await told.whileAsked?.()
        if (told.fails !== undefined) throw told.fails
        const expiresAt = new Date(Date.now() + 7_200_000)
        made.push({ id: `subscription ${made.length + 1}`, resource: 'users', expiresAt, secret, address })
        return made.slice(-1)
      },
      unsubscribe: async (_given, _context, { id }) => {
        if (told.fails !== undefined) throw told.fails
        ended.push(id)
      },
    },
  }
  const definition = { type: 'AZURE_AD', notifications } as unknown as ConnectorDefinition
  return { made, ended, told, definition }
}

async function openStage(t: Test) {
  const { testDatabase, database, addOrganization } = await openInstallation(t)
  const superuser = new pg.Client({ connectionString: testDatabase.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  const source = createSource()
  const context = {
    ...testContext(database),
    connectors: { AZURE_AD: source.definition },
    publicUrl: 'https://muster.test',
  }
  const scope = await addOrganization()
  const hash = () => hashChannelSecret(newChannelSecret())
  const directoryId = await transact(database, scope, cause, async (tx) => {
    const { directoryId } = await createDirectory(tx, { name: 'Entra', type: 'AZURE_AD', scimProfile: 'strict' })
    await sealDirectoryConfig(tx, context.rootKeys, directoryId, config)
    await enableChannel(tx, directoryId, { kind: 'subscribed', secretHash: hash() })
    return directoryId
  })
  const keep = (more = {}) =>
    taskTable.keep_channel?.run({ ...context, ...more }, { organizationId: scope.organizationId, directoryId })
  return {
    ...{ ...source, context, superuser, keep },
    rotate: () =>
      transact(database, scope, cause, (tx) =>
        rotateChannel(tx, directoryId, { secretHash: hash(), overlapSeconds: 0 }),
      ),
    disable: () => transact(database, scope, cause, (tx) => disableChannel(tx, directoryId)),
    view: () => read(database, scope, (reader) => findChannel(reader, directoryId)),
    async accepts(index: number): Promise<boolean> {
      const key = source.made[index]?.address.split('/').at(-1) ?? ''
      const channel = await findAddressedChannel(database, decodeUuid(key) ?? '')
      return channel !== undefined && isChannelSecret(source.made[index]?.secret ?? '', channel.secretHashes)
    },
    /** Seconds until a poller looks at it. */
    async dueIn(): Promise<number> {
      const { rows } = await superuser.query(
        'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM notification_routes',
      )
      return rows[0]?.seconds
    },
    async renewNow(): Promise<void> {
      await superuser.query('UPDATE notification_channels SET renew_at = now() WHERE renew_at IS NOT NULL')
      await superuser.query('UPDATE notification_routes SET due_at = now()')
      await taskTable.watch_channels?.run(context)
    },
  }
}

t.test('subscriptions are made, renewed in time, exchanged, and ended', async (t) => {
  const stage = await openStage(t)
  await stage.keep()
  t.match(stage.made, [{ address: /^https:\/\/muster\.test\/notifications\/[0-9a-z]{26}$/, secret: /^[\w-]{43}$/ }])
  t.match(await stage.view(), { state: 'active', error: null })
  const renewsIn = await stage.dueIn()
  t.ok(renewsIn > 4_000 && renewsIn < 5_400, `two thirds of two hours: ${renewsIn} s`)
  await stage.keep()
  t.equal(stage.made.length, 1, 'not again')

  await stage.renewNow()
  await stage.keep()
  t.strictSame(stage.ended, ['subscription 1'], 'behind the new one')
  t.strictSame([await stage.accepts(0), await stage.accepts(1)], [false, true])
  await stage.rotate()
  await stage.keep()
  t.strictSame(stage.ended, ['subscription 1', 'subscription 2'])
  t.strictSame([await stage.accepts(1), await stage.accepts(2)], [false, true])
  t.equal(new Set(stage.made.map(({ secret }) => secret)).size, 3, 'each has a secret of its own')

  await stage.disable()
  await stage.keep()
  t.strictSame(stage.ended, ['subscription 1', 'subscription 2', 'subscription 3'])
  t.equal((await stage.superuser.query('SELECT FROM notification_channels')).rowCount, 0)
  await stage.keep()
  t.equal(stage.made.length, 3, 'a job that comes late finds nothing')
})

t.test(
  'a source that refuses is asked again, later each time; what it was asked to end it keeps until it expires',
  async (t) => {
    const stage = await openStage(t)
    stage.told.fails = new ConnectorError('permission', 'The source answered 403 (Forbidden).')
    await stage.keep()
    t.match(await stage.view(), { state: 'failed', error: { code: 'permission', hint: /permissions/ } })
    const first = await stage.dueIn()
    t.ok(first > 50 && first < 70, `${first} s`)
    await stage.keep()
    t.ok((await stage.dueIn()) < first, 'not yet')
    await stage.renewNow()
    await stage.keep()
    t.ok((await stage.dueIn()) > 110, 'twice as long')
    stage.told.fails = new ConnectorError('throttled', 'Too many.', { retryAfterMilliseconds: 1_800_000 })
    await stage.renewNow()
    await stage.keep()
    t.ok((await stage.dueIn()) > 1_700, 'not before the source asked for')
    stage.told.fails = new Error(`secret ${config.clientSecret} of somebody`)
    await stage.renewNow()
    await stage.keep()
    t.match(await stage.view(), { error: { code: 'internal' } })
    t.notMatch(JSON.stringify(await stage.view()), /Correct-Horse|somebody/)
    await stage.renewNow()
    await stage.keep({ publicUrl: 'http://muster.internal' })
    t.match(
      await stage.view(),
      { error: { code: 'configuration', message: /SCIM_BASE_URL/ } },
      'no source is told that',
    )

    stage.told.fails = undefined
    await stage.renewNow()
    await stage.keep()
    t.match(await stage.view(), { state: 'active', error: null })
    stage.told.fails = new ConnectorError('unavailable', 'The source answered 503.')
    await stage.disable()
    await stage.keep()
    t.equal(await stage.view(), undefined, 'off all the same')
    t.ok((await stage.dueIn()) > 50, 'and tried again')
    await stage.renewNow()
    await stage.keep()
    t.ok((await stage.dueIn()) > 110, 'later each time')
    await stage.superuser.query(
      `UPDATE notification_channels SET ending = jsonb_set(ending, '{0,expiresAt}', '"2026-01-01T00:00:00Z"')`,
    )
    await stage.renewNow()
    await stage.keep()
    t.equal((await stage.superuser.query('SELECT FROM notification_channels')).rowCount, 0, 'it has ended by itself')
  },
)

t.test('what is wanted otherwise while the source is asked, is', async (t) => {
  const stage = await openStage(t)
  stage.told.whileAsked = async () => {
    stage.told.whileAsked = undefined
    await stage.disable()
  }
  await stage.keep()
  t.strictSame([stage.made.length, stage.ended], [1, ['subscription 1']], 'nobody is left who tells')
  t.equal(await stage.accepts(0), false)
  await stage.keep()
  t.equal((await stage.superuser.query('SELECT FROM notification_channels')).rowCount, 0)
})

t.test('others are made at two thirds of a life, more or less', async (t) => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const ends = ['2026-01-01T03:00:00Z', '2026-01-08T00:00:00Z']
  t.strictSame(
    [0, 0.5, 1].map((random) => Math.round(renewalSeconds(ends, now, random))),
    [6_840, 7_200, 7_560],
  )
  t.equal(renewalSeconds(['2026-01-01T00:00:10Z'], now, 0.5), 60, 'not without end')
})
