import { ConnectorError } from '@muster/connectors'
import { claimRun, queueDueJobs, setDirectoryPaused, transact } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import t from 'tap'
import type { OpenConnector } from '../src/index.ts'
import { cause, fillSource, openSyncWorld, type SyncedDirectory } from './support/sync-world.ts'

function failing(error: Error): OpenConnector {
  return async () => {
    throw error
  }
}

async function secondsUntilDue(directory: SyncedDirectory): Promise<number> {
  const { due_at: dueAt } = (await directory.row()) as { due_at: Date }
  return (dueAt.getTime() - Date.now()) / 1_000
}

t.test('a source in trouble is tried again, ever later; then its directory is in error until it is read', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory()
  fillSource(directory.source, { users: 3, groups: 1 })
  await directory.sync()
  directory.source.script({ at: { round: 'delta', page: 1 }, does: 'serverError', times: 5 })
  for (const seconds of [30, 60, 120, 240]) {
    t.equal(await directory.sync(), 'retried')
    const due = await secondsUntilDue(directory)
    t.ok(due > seconds - 5 && due <= seconds * 1.1, `${due} seconds, ${seconds} and more are meant`)
    t.match(await directory.row(), { status: 'ACTIVE', error_message: null, failures_in_a_row: 0 })
    t.match(await directory.run(), { status: 'waiting', error: { code: 'unavailable' } })
  }
  t.strictSame(await directory.events('directory.sync_failed'), [])
  t.equal(await directory.sync(), 'failed')
  t.match(await directory.row(), { status: 'ERROR', failures_in_a_row: 1, run_id: null, leased_until: null })
  t.match(await directory.run(), { status: 'failed', attempts: 5, error: { code: 'unavailable', hint: /tried again/ } })
  t.equal((await directory.events('directory.sync_failed')).length, 1)
  t.equal((await directory.events('directory.error')).length, 1)
  t.ok((await secondsUntilDue(directory)) > 3_000, 'the next run comes with its interval')
  t.equal(await directory.sync(), 'completed')
  t.match(await directory.row(), { status: 'ACTIVE', error_message: null, failures_in_a_row: 0 })
  t.equal((await directory.events('directory.recovered')).length, 1)
})

t.test('what a failure says, and when the next attempt comes', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory()
  const throttled = (seconds: number) =>
    failing(new ConnectorError('throttled', 'Too much.', { retryAfterMilliseconds: seconds * 1_000 }))
  const cases: { name: string; open: OpenConnector; outcome: string; code: string; seconds: [number, number] }[] = [
    { name: 'Retry-After', open: throttled(600), outcome: 'retried', code: 'throttled', seconds: [590, 660] },
    { name: 'of hours', open: throttled(36_000), outcome: 'retried', code: 'throttled', seconds: [3_590, 3_960] },
    {
      name: 'credentials',
      open: failing(new ConnectorError('credentials', 'Refused.')),
      ...{ outcome: 'failed', code: 'credentials', seconds: [3_230, 3_960] },
    },
    {
      name: 'a configuration that is not valid',
      open: failing(new MusterError('invalidValue', 'host must be a name.')),
      ...{ outcome: 'failed', code: 'configuration', seconds: [3_230, 3_960] },
    },
    {
      name: 'a defect',
      open: failing(new TypeError('hunter2 is not iterable')),
      ...{ outcome: 'retried', code: 'internal', seconds: [25, 33] },
    },
  ]
  for (const { name, open, outcome, code, seconds } of cases) {
    await world.superuser.query('DELETE FROM sync_runs')
    t.equal(await directory.sync({ open }), outcome, name)
    const { error } = (await directory.run()) as { error: { message: string; hint: string } }
    t.match(error, { code, hint: /./ })
    t.notMatch(JSON.stringify(error), /hunter2/)
    const due = await secondsUntilDue(directory)
    t.ok(due > seconds[0] && due <= seconds[1], `${name}: in ${due} seconds`)
  }
  await world.superuser.query('DELETE FROM sync_runs')
  await directory.request()
  const defect = failing(new TypeError('hunter2 is not iterable'))
  t.equal(await directory.sync({ open: defect }), 'failed', 'who asked by hand is told at once')
  t.match(await directory.row(), { status: 'ERROR', error_message: 'Internal error.' })
})

t.test('an expired checkpoint, a source without deltas, and the full scan that comes of itself', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory({ pageSize: 3 })
  const { source } = directory
  fillSource(source, { users: 5, groups: 1 })
  const scans = async () => {
    t.equal(await directory.sync(), 'completed')
    const { scan, complete } = await directory.run()
    return `${scan} ${complete}`
  }
  t.equal(await scans(), 'full all')
  source.users.update('u001', { displayName: 'Other' })
  t.equal(await scans(), 'delta changes')
  source.forget()
  t.equal(await scans(), 'full all')
  t.equal(await scans(), 'delta changes')
  await world.superuser.query(`UPDATE directory_syncs SET full_scan_at = now() - interval '25 hours'`)
  t.equal(await scans(), 'full all', 'everything is read once a day')
  const [gone] = source.users.list()
  if (gone !== undefined) {
    // The source forgets its memberships with it; ours stay, until it is known whether they still are.
    source.users.remove(gone.id)
    t.equal(await scans(), 'delta changes')
    source.users.set(gone)
    t.equal(await scans(), 'full all', 'who comes back may have lost groups meanwhile')
  }
  source.configure({ delta: 'sweep' })
  t.equal(await scans(), 'delta all')
  source.configure({ delta: 'none' })
  t.equal(await scans(), 'full all')
  source.script({ at: { page: 1 }, does: 'shortWait' })
  await scans()
  t.equal((await directory.run()).throttled_milliseconds, '5')
})

t.test('records that cannot be taken in are reported, and the run goes on', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory()
  const { source } = directory
  fillSource(source, { users: 3, groups: 1 })
  await directory.sync()
  source.users.set(
    { id: 'twin', userName: 'U000@acme.test' },
    { id: 'nul', userName: 'nul@acme.test', attributes: { note: 'a\0b' } },
    { id: 'half', userName: 'half@acme.test', attributes: { '\ud800': 'x' } },
    { id: 'nameless' },
    { id: 'long', userName: `${'x'.repeat(2_000)}@acme.test` },
    { id: 'i'.repeat(600), userName: 'id@acme.test' },
    { id: 'u001', userName: 'u001@acme.test', displayName: '\0' },
    { id: 'fine', userName: 'fine@acme.test' },
  )
  source.groups.addMembers('g0', { id: 'fine' }, { id: 'bad\0id' }, { id: 'nobody' })
  for (const scan of ['full', 'full'] as const) {
    t.equal(await directory.sync({ scan }), 'completed')
    const problems = await world.superuser.query('SELECT code, source_id FROM sync_problems WHERE run_id = $1', [
      (await directory.run()).run_id,
    ])
    t.strictSame(
      problems.rows.map((row) => `${row.code} ${row.source_id.slice(0, 8)}`).sort(),
      [
        ...['idNotUsable g0', 'idNotUsable iiiiiiii', 'nameTooLong long', 'textNotStorable half'],
        ...['textNotStorable nul', 'textNotStorable u001', 'userNameMissing nameless', 'userNameTaken twin'],
      ].sort(),
    )
  }
  const { directoryUsers } = (await directory.meaning()) as { directoryUsers: { name: string; active: boolean }[] }
  t.strictSame(
    directoryUsers.map(({ name, active }) => `${name} ${active}`),
    ['fine@acme.test true', 'u000@acme.test true', 'u001@acme.test true', 'u002@acme.test true'],
    'who cannot be read stays as before',
  )
})

t.test('a plan changes nothing, also while the directory is paused; syncs wait until it is resumed', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory()
  fillSource(directory.source, { users: 3, groups: 1 })
  await directory.sync()
  const pause = (isPaused: boolean) =>
    transact(world.database, directory.scope, cause, (tx) => setDirectoryPaused(tx, directory.directoryId, isPaused))
  const ids = { organizationId: directory.organizationId, directoryId: directory.directoryId }
  directory.source.users.update('u001', { displayName: 'Other' })
  const [before, { due_at: dueAt, checkpoint }] = [await directory.exactState(), await directory.row()]
  await directory.request({ purpose: 'plan' })
  t.equal(await directory.sync({ claimed: await directory.claim() }), 'completed')
  t.match(await directory.run(), { purpose: 'plan', phase: 'done', change_counts: { 'user.update': 1 } })
  const after = await directory.row()
  t.equal(await directory.exactState(), before)
  t.equal(after.checkpoint, checkpoint)
  const minutes = Math.abs((after.due_at as Date).getTime() - (dueAt as Date).getTime()) / 60_000
  t.ok(minutes <= 6.1, 'the sync is due when it was, but for the jitter')
  t.equal((await directory.events('directory.sync_completed')).length, 1)

  await pause(true)
  await directory.makeDue()
  t.equal(await claimRun(world.database, ids, { leaseSeconds: 30 }), undefined)
  t.equal((await directory.row()).due_at, null)
  await directory.request({ purpose: 'plan' })
  t.equal(await directory.sync({ claimed: await directory.claim() }), 'completed')
  t.equal((await directory.row()).due_at, null)
  await pause(false)
  t.equal(await directory.sync({ claimed: await directory.claim() }), 'completed', 'resumed, it is due at once')
})

t.test('after a downtime every directory that is due is queued once, by whoever looks first', async (t) => {
  const world = await openSyncWorld(t)
  const directories = await Promise.all(Array.from({ length: 5 }, () => world.addDirectory()))
  const [first, idle, ...due] = directories
  await first?.sync()
  await world.superuser.query('UPDATE sync_routes SET due_at = NULL WHERE directory_id = $1', [idle?.directoryId])
  const look = () => queueDueJobs(world.database, 'sync', { limit: 2 })
  const looks = await Promise.all([look(), look(), look()])
  t.equal(looks.reduce((sum, count) => sum + count, 0) + (await look()), due.length)
  t.equal(await look(), 0, 'nobody is queued again at once')
  const { rows } = await world.superuser.query(
    `SELECT key, task_identifier FROM graphile_worker.jobs WHERE task_identifier = 'sync_directory'`,
  )
  t.strictSame(rows.map(({ key }) => key).sort(), due.map(({ directoryId }) => `sync:${directoryId}`).sort())
})
