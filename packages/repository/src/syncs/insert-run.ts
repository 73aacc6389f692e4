import type { Cause } from '@muster/events'
import { newUuid } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'
import type { SyncOccasion, SyncPurpose, SyncScan } from '../sync-tables.ts'

/** What a run is for, before anybody works on it. */
interface RunDraft {
  purpose: SyncPurpose
  occasion: SyncOccasion
  scan: SyncScan
  undoesRunId?: string | undefined
  /** Made of the run's id when the run causes itself. */
  cause(runId: string): Cause
}

/** Adds a run that waits for a poller; answers with its id. */
export async function insertRun(
  { db, organizationId }: Transaction,
  directoryId: string,
  { purpose, occasion, scan, undoesRunId, cause }: RunDraft,
): Promise<string> {
  const runId = newUuid()
  await db
    .insertInto('sync_runs')
    .values({
      organization_id: organizationId,
      run_id: runId,
      directory_id: directoryId,
      purpose,
      undoes_run_id: undoesRunId ?? null,
      occasion,
      scan,
      cause: JSON.stringify(cause(runId)),
    })
    .execute()
  return runId
}
