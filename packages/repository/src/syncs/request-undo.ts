import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'
import { setDirectoryPaused } from '../organizations/directories.ts'
import { findRun } from './list-runs.ts'
import { requestRun } from './request-run.ts'
import type { SyncRun } from './sync-run.ts'

/**
 * Pauses the directory and has a poller take back what a run did to it. Undefined when there is no such run. A later run that is
 * under way is called off; what later ones changed again is left as it is, and reported.
 * @throws MusterError `conflict` for a run that is no sync, has not ended well, or is undone already
 */
export async function requestUndo(
  tx: Transaction,
  runId: string,
): Promise<{ run: SyncRun; isNew: boolean } | undefined> {
  const seen = await findRun(tx, runId)
  if (seen === undefined) return undefined
  assertUndoable(seen)
  // First, so that none can follow.
  await setDirectoryPaused(tx, seen.directoryId, true)
  assertUndoable((await findRun(tx, runId)) ?? seen)
  return requestRun(tx, seen.directoryId, { purpose: 'undo', scan: 'full', undoesRunId: runId, occasion: 'manual' })
}

function assertUndoable({ purpose, status, undoneBy }: SyncRun): void {
  if (purpose !== 'sync') {
    throw new MusterError('conflict', `Only syncs can be undone; this run is of kind ${purpose}.`)
  }
  if (status !== 'completed') {
    throw new MusterError('conflict', `Only a run that is completed can be undone; this one is ${status}.`)
  }
  if (undoneBy === null) return
  throw new MusterError('conflict', `The run is undone already, by ${toTypeId('syncRun', undoneBy)}.`)
}
