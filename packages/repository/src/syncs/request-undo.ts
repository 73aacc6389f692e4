import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'
import { setDirectoryPaused } from '../organizations/directories.ts'
import { findRun } from './list-runs.ts'
import { requestRun } from './request-run.ts'
import type { SyncRun } from './sync-run.ts'

/**
 * Pauses the directory and has a poller take back what a run did to it. Undefined when there is no such run.
 * A run that is under way is called off first.
 * @throws MusterError `conflict` for a run that is no sync, undone already, or older than one that is not undone
 */
export async function requestUndo(
  tx: Transaction,
  runId: string,
): Promise<{ run: SyncRun; isNew: boolean } | undefined> {
  const undone = await findRun(tx, runId)
  if (undone === undefined) return undefined
  const { directoryId } = undone
  // First, so that none can follow.
  await setDirectoryPaused(tx, directoryId, true)
  await assertUndoable(tx, (await findRun(tx, runId)) ?? undone)
  return requestRun(tx, directoryId, { purpose: 'undo', scan: 'full', undoesRunId: runId, occasion: 'manual' })
}

async function assertUndoable(tx: Transaction, run: SyncRun): Promise<void> {
  if (run.purpose !== 'sync')
    throw new MusterError('conflict', `Only syncs can be undone; this run is of kind ${run.purpose}.`)
  if (run.undoneBy !== null)
    throw new MusterError('conflict', `The run is undone, by ${toTypeId('syncRun', run.undoneBy)}.`)
  const later = await tx.db
    .selectFrom('sync_runs')
    .select('run_id')
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', run.directoryId)
    .where('run_id', '>', run.runId)
    .where('purpose', '=', 'sync')
    .where('changes_done', '>', 0)
    .where('undone_by', 'is', null)
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (later === undefined) return
  throw new MusterError(
    'conflict',
    `Later runs changed something, too. Undo ${toTypeId('syncRun', later.run_id)} first.`,
  )
}
