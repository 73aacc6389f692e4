import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RestoredUser } from './judge-users.ts'
import type { Undoing } from './undoing.ts'

/**
 * Gives users who are back their people again, before these are settled: nobody new comes into being. The link of somebody who
 * took the place and goes again passes to who was there, so that the person stays what it is all the while.
 */
export async function relink(
  tx: Transaction,
  { directoryId }: Undoing,
  revived: readonly RestoredUser[],
): Promise<void> {
  const rows = revived.flatMap(({ change, before: { userId }, standing }) =>
    userId === null ? [] : [{ id: change.resourceId, user_id: userId, linked_id: standing?.linkedId ?? null }],
  )
  if (rows.length === 0) return
  await send(
    tx.db,
    sql`
    INSERT INTO user_links AS l (organization_id, directory_id, directory_user_id, user_id, active)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, id, user_id, false
    FROM json_to_recordset(${JSON.stringify(rows)}) AS given (id uuid, user_id uuid, linked_id uuid)
    WHERE linked_id IS DISTINCT FROM id
    ON CONFLICT (user_id, organization_id, directory_id) DO UPDATE SET directory_user_id = excluded.directory_user_id`,
  )
}
