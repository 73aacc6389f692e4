import { pruneRuns } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

/** What is kept of a directory: runs can be looked at, and undone, for so long. */
const kept = { milliseconds: 30 * 86_400_000, runsMax: 200 } as const

/** Deletes old sync runs, and what was read by runs that never came to an end. */
export async function pruneSyncRuns({ database, logger }: TaskContext): Promise<void> {
  const count = await pruneRuns(database, {
    before: new Date(Date.now() - kept.milliseconds),
    runsMax: kept.runsMax,
    cause: { kind: 'system', id: 'prune_sync_runs' },
  })
  if (count > 0) logger.info({ count }, 'deleted old sync runs')
}
