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
  if (claimed.run.purpose === 'undo') {
    yield* takeBack(database, claimed)
    return
  }
  if (claimed.run.phase === 'reading') {
    for await (const _ of readSource(work)) yield 'reading'
  }
  if (isBefore(claimed.run.phase, 'applying')) {
    if ((await planRun(database, claimed.lease)) === 'needsFullScan') {
      yield* readEverything(work)
      await planRun(database, claimed.lease)
    }
    yield 'planning'
  }
  if (claimed.run.purpose === 'sync') yield* carryOut(database, claimed)
  await finishRun(database, claimed.lease, { dueInSeconds: intervalSeconds(claimed.intervalMinutes) })
}

/** In place of the changes that were read. */
async function* readEverything(work: Reading): AsyncGenerator<SyncPhase> {
  const { database, claimed } = work
  await restartReading(database, claimed.lease, 'full')
  const read = { users: 0, groups: 0, memberships: 0 }
  const run = { ...claimed.run, scan: 'full', checkpoint: null, complete: null, pages: 0, read } as const
  for await (const _ of readSource({ ...work, claimed: { ...claimed, run } })) yield 'reading'
}

/** Reads nothing of the source. */
async function* takeBack(database: Database, { lease, intervalMinutes }: ClaimedRun): AsyncGenerator<SyncPhase> {
  await planUndo(database, lease)
  yield 'planning'
  while (await undoNext(database, lease)) yield 'applying'
  await finishRun(database, lease, { dueInSeconds: intervalSeconds(intervalMinutes) })
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
