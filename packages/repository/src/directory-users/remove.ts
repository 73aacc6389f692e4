import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import type { Transaction } from '../database/transaction.ts'

/** What a directory user said last. */
export interface GoneRow {
  directory_user_id: string
  mapped: Record<string, string>
  external_id: string | null
}

/**
 * Takes users out of the directory layer, with their memberships: the groups they leave get a new version. Their people
 * are the caller's. Answers with those who were there.
 */
export async function removeDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<GoneRow[]> {
  await touchGroups(tx, directoryId, directoryUserIds)
  await sql`
    DELETE FROM memberships WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', directoryUserIds)}`.execute(tx.db)
  const { rows } = await sql<GoneRow>`
    DELETE FROM directory_users WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', directoryUserIds)}
    RETURNING directory_user_id, mapped, external_id`.execute(tx.db)
  tx.count(directoryId, 'users', -rows.length)
  return rows
}

/** Gives the groups of the users a new version. In order of id: the same locks that a change of their members takes. */
async function touchGroups(tx: Transaction, directoryId: string, directoryUserIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ directory_group_id: string }>`
    SELECT joined.directory_group_id FROM (
      SELECT DISTINCT directory_group_id FROM memberships
      WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND ${anyOf('directory_user_id', directoryUserIds)}
      ORDER BY directory_group_id
    ) joined
    CROSS JOIN LATERAL (
      SELECT FROM directory_groups g WHERE g.organization_id = ${tx.organizationId}
        AND g.directory_id = ${directoryId} AND g.directory_group_id = joined.directory_group_id
      FOR NO KEY UPDATE) locked`.execute(tx.db)
  if (rows.length === 0) return
  const ids = rows.map((row) => row.directory_group_id)
  await sql`
    UPDATE directory_groups SET version = version + 1, updated_at = now()
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_group_id', ids)}`.execute(tx.db)
}
