import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/** A source goes on changing while it is read: what was begun so long ago is read anew by whoever takes it up. */
const readingHoursMax = 6

/** Whether what a run has read so far is all there, and not old: who takes it up goes on from its checkpoint. */
export async function isStageWhole({ db, organizationId }: Transaction, runId: string): Promise<boolean> {
  const [row] = await send(
    db,
    sql<{ is_whole: boolean }>`
    SELECT r.started_at > now() - make_interval(hours => ${readingHoursMax}) AND r.staged_rows =
        (SELECT count(*) FROM sync_stage_records WHERE organization_id = ${organizationId} AND run_id = ${runId})
      + (SELECT count(*) FROM sync_stage_edges WHERE organization_id = ${organizationId} AND run_id = ${runId}) AS is_whole
    FROM sync_runs r WHERE r.organization_id = ${organizationId} AND r.run_id = ${runId}`,
  )
  return row?.is_whole === true
}
