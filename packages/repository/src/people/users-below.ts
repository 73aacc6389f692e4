import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/** The directory users in the groups and in all groups inside them. */
export async function usersBelow(tx: Transaction, directoryId: string, groupIds: readonly string[]): Promise<string[]> {
  if (groupIds.length === 0) return []
  const here = sql`m.organization_id = ${tx.organizationId} AND m.directory_id = ${directoryId}`
  const rows = await send(
    tx.db,
    sql<{ id: string }>`
    WITH RECURSIVE inside (group_id) AS (
      SELECT id::uuid FROM json_array_elements_text(${JSON.stringify(groupIds)}::json) AS given (id)
      UNION
      SELECT child.child_group_id FROM inside CROSS JOIN LATERAL (
        SELECT m.child_group_id FROM memberships m WHERE ${here} AND m.directory_group_id = inside.group_id
          AND m.child_group_id IS NOT NULL OFFSET 0) child
    )
    SELECT DISTINCT member.directory_user_id AS id FROM inside CROSS JOIN LATERAL (
      SELECT m.directory_user_id FROM memberships m WHERE ${here} AND m.directory_group_id = inside.group_id
        AND m.directory_user_id IS NOT NULL OFFSET 0) member`,
  )
  return rows.map((row) => row.id)
}
