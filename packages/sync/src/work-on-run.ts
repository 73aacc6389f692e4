import {
  applyNext,
  type ClaimedRun,
  type Database,
  finishRun,
  judgeRun,
  planRun,
  planUndo,
  releaseNext,
  restartReading,
  type SyncPhase,
  type SyncRun,
  undoNext,
} from '@muster/repository'
import { type Reading, readSource } from './read-source.ts'
import { intervalSeconds } from './sync-pace.ts'

/**
 * Does a run from where it stands to its end; yields behind each piece, which has then been committed. Whoever stops asking leaves a
 * run that the next one goes on with.
 * @throws ConnectorError when the source cannot be read whole
 * @throws LeaseLost
 */
export async function* workOnRun(work: Reading): AsyncGenerator<SyncPhase> {
  const { claimed, database } = work
  yield* claimed.run.purpose === 'undo' ? takeBack(database, claimed) : compare(work)
  if (claimed.run.purpose === 'sync') yield* carryOut(database, claimed)
  await finishRun(database, claimed.lease, { dueInSeconds: intervalSeconds(claimed.intervalMinutes) })
}

/** Reads the source and plans what is to be changed; everything is read when what has changed is not enough to know. */
async function* compare(work: Reading): AsyncGenerator<SyncPhase> {
  const { database, claimed } = work
  const { lease, run } = claimed
  if (!isBefore(run.phase, 'applying')) return
  for await (const _ of readSource(work)) yield 'reading'
  let planned = await planRun(database, lease)
  yield 'planning'
  if (planned === 'planned') return
  await restartReading(database, lease, 'full')
  for await (const _ of readSource({ ...work, claimed: { ...claimed, run: unread(run) } })) yield 'reading'
  planned = await planRun(database, lease)
  if (planned !== 'planned') throw new Error('A full scan is not enough to plan a run')
  yield 'planning'
}

/** As `restartReading` leaves it. */
function unread(run: SyncRun): SyncRun {
  const read = { users: 0, groups: 0, memberships: 0 }
  return { ...run, scan: 'full', phase: 'reading', checkpoint: null, complete: null, pages: 0, read }
}

async function* takeBack(database: Database, { lease, run }: ClaimedRun): AsyncGenerator<SyncPhase> {
  if (isBefore(run.phase, 'applying')) {
    await planUndo(database, lease)
    yield 'planning'
  }
  while (await undoNext(database, lease)) yield 'applying'
}

async function* carryOut(database: Database, { lease, run }: ClaimedRun): AsyncGenerator<SyncPhase> {
  if (isBefore(run.phase, 'judging')) {
    while (await applyNext(database, lease)) yield 'applying'
  }
  await judgeRun(database, lease)
  yield 'judging'
  while (await releaseNext(database, lease)) yield 'judging'
}

const phases: readonly SyncPhase[] = ['reading', 'planning', 'applying', 'judging', 'done']

function isBefore(phase: SyncPhase, other: SyncPhase): boolean {
  return phases.indexOf(phase) < phases.indexOf(other)
}
