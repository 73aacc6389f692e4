import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'

/**
 * Locks the directory users that have no person, in order of id. For who changed their groups: whoever makes people of them
 * at this moment has locked them as well, so that one of the two sees what the other did. A statement of its own, before
 * `lockPeopleBehind`.
 */
export async function lockUnlinked(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<void> {
  const own = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await send(
    tx.db,
    sql`
    SELECT FROM (
      SELECT asked.id::uuid AS id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS asked (id)
      LEFT JOIN LATERAL (
        SELECT user_id FROM user_links WHERE ${own} AND directory_user_id = asked.id::uuid OFFSET 0) link ON true
      WHERE link.user_id IS NULL ORDER BY id
    ) unlinked
    CROSS JOIN LATERAL (
      SELECT FROM directory_users WHERE ${own} AND directory_user_id = unlinked.id FOR NO KEY UPDATE) locked`,
  )
}
