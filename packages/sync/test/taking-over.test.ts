import {
  applyNext,
  claimRun,
  extendLease,
  failRun,
  finishRun,
  giveRunBack,
  judgeRun,
  LeaseLost,
  planRun,
  releaseNext,
  requestUndo,
  restartReading,
  retryRun,
  stagePage,
  transact,
} from '@muster/repository'
import t from 'tap'
import { readingLimits } from '../src/reading-limits.ts'
import { workOnRun } from '../src/work-on-run.ts'
import {
  cause,
  fillSource,
  openSyncWorld,
  type ScriptedDirectory,
  type SyncedDirectory,
  type SyncWorld,
  until,
} from './support/sync-world.ts'

const error = { code: 'internal', message: 'Internal error.' }

/** As if whoever has the run was not heard of any more. */
async function endLease({ superuser }: SyncWorld, { directoryId }: SyncedDirectory): Promise<void> {
  await superuser.query('UPDATE directory_syncs SET leased_until = now() WHERE directory_id = $1', [directoryId])
  await superuser.query('UPDATE sync_routes SET due_at = now() WHERE directory_id = $1', [directoryId])
}

async function begin({ database }: SyncWorld, directory: SyncedDirectory) {
  const { open } = directory
  const claimed = await directory.claim()
  const signal = new AbortController().signal
  return { claimed, steps: workOnRun({ database, claimed, open, limits: readingLimits, signal }) }
}

/**
 * Does a run by as many workers as it has pieces: each dies behind the first that nobody before it did. Judging is done again by
 * everybody. Answers with what each of them did last.
 */
async function workInPieces(world: SyncWorld, directory: SyncedDirectory): Promise<string[]> {
  const pieces: string[] = []
  while (pieces.length < 100) {
    const { steps } = await begin(world, directory)
    let step = await steps.next()
    const judged = pieces.filter((piece) => piece === 'judging').length
    for (let again = 0; step.value === 'judging' && again < judged; again++) step = await steps.next()
    if (step.done === true) return pieces
    pieces.push(step.value)
    await steps.return(undefined)
    await endLease(world, directory)
  }
  throw new Error(`The run comes to no end: ${pieces.join(' ')}`)
}

/** What happens at the source from one run to the next. */
const rounds: { scan?: 'full'; before(source: ScriptedDirectory['source']): void }[] = [
  { scan: 'full', before: (source) => fillSource(source, { users: 10, groups: 2 }) },
  {
    before(source) {
      source.users.update('u001', { displayName: 'Another', attributes: { mail: 'another@acme.test' } })
      source.users.set({ id: 'u900', userName: 'new@acme.test', attributes: { mail: 'new@acme.test' } })
      source.users.remove('u002')
      source.groups.addMembers('g0', { id: 'u900' }, { id: 'u001' })
      source.groups.removeMembers('g0', { id: 'u004' })
    },
  },
  {
    scan: 'full',
    before(source) {
      source.users.remove('u003', 'u900')
      source.groups.remove('g1')
    },
  },
]

t.test('a run whose worker dies behind every page and batch ends as one that goes through (R7)', async (t) => {
  const world = await openSyncWorld(t)
  const [whole, broken] = [await world.addDirectory({ pageSize: 4 }), await world.addDirectory({ pageSize: 4 })]
  for (const { scan, before } of rounds) {
    for (const { source } of [whole, broken]) before(source)
    t.equal(await whole.sync(scan && { scan }), 'completed')
    await broken.makeDue(scan)
    const pieces = await workInPieces(world, broken)
    t.ok(pieces.filter((piece) => piece === 'reading').length >= 2, pieces.join(' '))
    t.ok(pieces.includes('planning') && pieces.includes('judging'), pieces.join(' '))
    t.strictSame(await broken.meaning(), await whole.meaning())
    const runs = await Promise.all([whole.run(), broken.run()])
    for (const name of ['status', 'scan', 'pages', 'change_counts', 'users_removed', 'complete']) {
      t.strictSame(runs[1]?.[name], runs[0]?.[name], name)
    }
  }
  t.equal((await broken.events('directory.sync_completed')).length, 3, 'each run is told of once')
})

t.test('a run is taken back, by as many workers as it takes, and its directory stays paused', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory({ pageSize: 4 })
  const [first, second] = rounds
  first?.before(directory.source)
  await directory.sync()
  const before = await directory.meaning()
  second?.before(directory.source)
  await directory.sync()
  t.notSame(await directory.meaning(), before)
  const runId = String((await directory.run()).run_id)
  await transact(world.database, directory.scope, cause, (tx) => requestUndo(tx, runId))
  const pieces = await workInPieces(world, directory)
  t.ok(pieces.includes('applying') && !pieces.includes('reading'), pieces.join(' '))
  t.match(await directory.run(), { purpose: 'undo', status: 'completed', undoes_run_id: runId })
  t.match(await directory.row(), { status: 'PAUSED', due_at: null, run_id: null, checkpoint: null })
  const { people, ...restored } = (await directory.meaning()) as Record<string, unknown>
  const { people: peopleBefore, ...meant } = before as Record<string, unknown>
  t.strictSame(restored, meant)
  const active = (list: unknown) => (list as { state: string }[]).filter(({ state }) => state === 'active')
  t.strictSame(active(people), active(peopleBefore), 'who was new stays as somebody who has left')
})

t.test('whoever lost a run writes nothing of it any more (R6)', async (t) => {
  const world = await openSyncWorld(t)
  const { database } = world
  const directory = await world.addDirectory({ pageSize: 3 })
  fillSource(directory.source, { users: 7, groups: 1 })
  const { claimed, steps } = await begin(world, directory)
  await steps.next()
  await steps.next()
  await endLease(world, directory)
  const later = await directory.claim()
  t.equal(later.run.runId, claimed.run.runId)
  t.match(later.run, { attempts: 2, pages: 2 }, 'the second goes on where the first was')
  t.equal(await directory.sync({ claimed: later }), 'completed')
  t.equal((await directory.run()).pages, 5)

  const before = [await directory.exactState(), await directory.run(), await directory.row()]
  await t.rejects(steps.next(), LeaseLost)
  const { lease } = claimed
  const page = { records: [], edges: [], problems: [], checkpoint: 'x', complete: undefined, throttledMilliseconds: 0 }
  const writes: Record<string, () => Promise<unknown>> = {
    stagePage: () => stagePage(database, lease, page),
    restartReading: () => restartReading(database, lease, 'full'),
    planRun: () => planRun(database, lease),
    applyNext: () => applyNext(database, lease),
    judgeRun: () => judgeRun(database, lease),
    releaseNext: () => releaseNext(database, lease),
    finishRun: () => finishRun(database, lease, { dueInSeconds: 1 }),
    retryRun: () => retryRun(database, lease, { error, dueInSeconds: 1 }),
    failRun: () => failRun(database, lease, { error, dueInSeconds: 1 }),
    giveRunBack: () => giveRunBack(database, lease),
  }
  for (const [name, write] of Object.entries(writes)) await t.rejects(write(), LeaseLost, name)
  t.equal(await extendLease(database, lease, { leaseSeconds: 30 }), false)
  t.strictSame([await directory.exactState(), await directory.run(), await directory.row()], before)
})

t.test('a directory is worked on by one at a time; the lease is kept as long as that takes', async (t) => {
  const world = await openSyncWorld(t)
  const { database } = world
  const directory = await world.addDirectory({ pageSize: 3 })
  fillSource(directory.source, { users: 7, groups: 1 })
  const ids = { organizationId: directory.organizationId, directoryId: directory.directoryId }
  const claimMany = () => Promise.all(Array.from({ length: 6 }, () => claimRun(database, ids, { leaseSeconds: 30 })))
  t.equal((await claimMany()).filter((claimed) => claimed !== undefined).length, 1)
  await endLease(world, directory)
  const [claimed, ...others] = (await claimMany()).filter((one) => one !== undefined)
  t.strictSame(others, [])
  t.equal(claimed?.run.attempts, 2)

  const gate = directory.source.pauseAt({ page: 2 })
  await endLease(world, directory)
  const working = directory.sync({ claimed: await directory.claim(1), leaseSeconds: 1 })
  await gate.reached()
  const first = (await directory.row()).leased_until as Date
  await until(t, 'the lease was extended twice', async () => {
    const { leased_until: now, due_at: dueAt } = (await directory.row()) as { leased_until: Date; due_at: Date }
    return now.getTime() > first.getTime() + 500 && dueAt.getTime() === now.getTime()
  })
  t.equal(await claimRun(database, ids, { leaseSeconds: 30 }), undefined, 'nobody gets it')
  gate.release()
  t.equal(await working, 'completed')
  t.equal(await claimRun(database, ids, { leaseSeconds: 30 }), undefined, 'it is not due before the next interval')
  const { due_at: dueAt, leased_until: leasedUntil, run_id: runId } = await directory.row()
  const minutes = ((dueAt as Date).getTime() - Date.now()) / 60_000
  t.ok(minutes > 53 && minutes <= 66, `due in ${minutes} minutes`)
  t.strictSame([leasedUntil, runId], [null, null])
})

t.test('a run that is taken away, or is to stop, ends in the middle of a page', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory({ pageSize: 3 })
  fillSource(directory.source, { users: 7, groups: 1 })
  const before = await directory.exactState()
  const [stopped, lost] = [directory.source.pauseAt({ page: 2 }, 1), directory.source.pauseAt({ page: 3 }, 1)]

  const stopping = new AbortController()
  const working = directory.sync({ signal: stopping.signal })
  await stopped.reached()
  stopping.abort()
  t.equal(await working, 'givenBack')
  t.match(await directory.run(), { status: 'waiting', attempts: 0, pages: 1, error: null })
  const { due_at: dueAt } = (await directory.row()) as { due_at: Date }
  t.ok(dueAt.getTime() <= Date.now() + 1_000, 'whoever is free goes on at once')

  const losing = directory.sync({ claimed: await directory.claim(1), leaseSeconds: 1 })
  await lost.reached()
  const calledOff =
    'UPDATE directory_syncs SET fence = fence + 1, run_id = NULL, leased_until = NULL WHERE directory_id = $1'
  await world.superuser.query(calledOff, [directory.directoryId])
  t.equal(await losing, 'lost')
  t.equal(directory.source.connectorsOpen(), 0)
  t.equal(await directory.exactState(), before)
  t.equal(await directory.sync(), 'completed')
})

t.test('what was read in part is read anew when it is not whole, or old', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory({ pageSize: 3 })
  fillSource(directory.source, { users: 7, groups: 1 })
  const spoil: Record<string, string> = {
    'rows are missing': `DELETE FROM sync_stage_records WHERE run_id = $1 AND source_id = 'u001'`,
    'it is old': `UPDATE sync_runs SET started_at = now() - interval '7 hours' WHERE run_id = $1`,
  }
  for (const [name, statement] of Object.entries(spoil)) {
    await directory.makeDue('full')
    const { claimed, steps } = await begin(world, directory)
    await steps.next()
    await steps.return(undefined)
    await world.superuser.query(statement, [claimed.run.runId])
    await endLease(world, directory)
    const later = await directory.claim()
    t.match(later.run, { runId: claimed.run.runId, pages: 0, checkpoint: null, attempts: 2 }, name)
    t.equal(await directory.sync({ claimed: later }), 'completed')
    t.match(await directory.run(), { pages: 5, users_read: '7' })
  }
})

t.test('a run that ends its process each time is given up', async (t) => {
  const world = await openSyncWorld(t)
  const directory = await world.addDirectory({ pageSize: 3 })
  fillSource(directory.source, { users: 2, groups: 1 })
  await directory.makeDue('full')
  const { claimed } = await begin(world, directory)
  await world.superuser.query('UPDATE sync_runs SET attempts = 20 WHERE run_id = $1', [claimed.run.runId])
  await endLease(world, directory)
  t.equal(await directory.sync({ claimed: await directory.claim() }), 'failed')
  t.match(await directory.run(), { status: 'failed', attempts: 21, pages: 0, error: { code: 'internal' } })
})
