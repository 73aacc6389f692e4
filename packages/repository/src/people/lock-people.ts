import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/**
 * Locks the people behind the directory users, in order of id. A statement of its own: the merge that follows sees
 * everything that was committed before the lock was ours.
 */
export async function lockPeople(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<void> {
  await send(
    tx.db,
    sql`
    SELECT FROM (
      SELECT link.user_id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS asked (id)
      CROSS JOIN LATERAL (
        SELECT l.user_id FROM user_links l WHERE l.organization_id = ${tx.organizationId}
          AND l.directory_id = ${directoryId} AND l.directory_user_id = asked.id::uuid OFFSET 0) link
      ORDER BY link.user_id
    ) concerned
    CROSS JOIN LATERAL (
      SELECT FROM users u WHERE u.organization_id = ${tx.organizationId} AND u.user_id = concerned.user_id
      FOR NO KEY UPDATE) locked`,
  )
}
