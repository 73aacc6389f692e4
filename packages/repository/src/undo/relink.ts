import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RestoredUser } from './judge-users.ts'
import type { Undoing } from './undoing.ts'

/**
 * Gives users who are back their people again, before these are settled: nobody new comes into being. The link of somebody who
 * took the place and goes again passes to who was there, so that the person stays what it is all the while. They count as made
 * before the undone run, which `unlinkNext` leaves alone.
 */
export async function relink(
  tx: Transaction,
  { directoryId, undoneRunId }: Undoing,
  revived: readonly RestoredUser[],
): Promise<void> {
  const rows = revived.flatMap(({ change, before: { userId }, standing }) =>
    userId === null ? [] : [{ id: change.resourceId, user_id: userId, linked_id: standing?.linkedId ?? null }],
  )
  if (rows.length === 0) return
  await send(
    tx.db,
    sql`
    INSERT INTO user_links AS l (organization_id, directory_id, directory_user_id, user_id, active, linked_at)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, id, user_id, false, (
      SELECT started_at - interval '1 microsecond' FROM sync_runs
      WHERE organization_id = ${tx.organizationId} AND run_id = ${undoneRunId})
    FROM json_to_recordset(${JSON.stringify(rows)}) AS given (id uuid, user_id uuid, linked_id uuid)
    WHERE linked_id IS DISTINCT FROM id
    ON CONFLICT (user_id, organization_id, directory_id)
      DO UPDATE SET directory_user_id = excluded.directory_user_id, linked_at = excluded.linked_at`,
  )
}
