import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { People } from './concerned.ts'

/** A directory user and its person; null when it has none (yet). */
export interface LinkedUser {
  directory_user_id: string
  user_id: string | null
}

/**
 * Locks the people behind the directory users, in order of id, and says who they are. A statement of its own: what
 * follows sees everything that was committed before the lock was ours.
 */
export function lockPeopleBehind(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<LinkedUser[]> {
  return send(
    tx.db,
    sql<LinkedUser>`
    SELECT concerned.id AS directory_user_id, locked.user_id FROM (
      SELECT asked.id::uuid AS id, link.user_id
      FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS asked (id)
      LEFT JOIN LATERAL (
        SELECT l.user_id FROM user_links l WHERE l.organization_id = ${tx.organizationId}
          AND l.directory_id = ${directoryId} AND l.directory_user_id = asked.id::uuid OFFSET 0) link ON true
      ORDER BY link.user_id
    ) concerned
    LEFT JOIN LATERAL (
      SELECT u.user_id FROM users u WHERE u.organization_id = ${tx.organizationId} AND u.user_id = concerned.user_id
      FOR NO KEY UPDATE) locked ON true`,
  )
}

/** Locks people, in order of id, and answers with those who are there. A statement of its own, as above. */
export async function lockPeople(tx: Transaction, people: People): Promise<string[]> {
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT locked.user_id FROM (SELECT DISTINCT user_id FROM (${people}) asked ORDER BY user_id) concerned
    CROSS JOIN LATERAL (
      SELECT u.user_id FROM users u WHERE u.organization_id = ${tx.organizationId} AND u.user_id = concerned.user_id
      FOR NO KEY UPDATE) locked`,
  )
  return rows.map((row) => row.user_id)
}
