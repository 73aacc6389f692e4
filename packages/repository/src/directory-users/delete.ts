import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settle-people.ts'
import type { LeftMembership } from '../people/shifted-memberships.ts'

/**
 * Deletes users of a directory with their memberships (the groups they leave get a new version) and settles their
 * people. Answers with how many there were.
 */
export async function deleteDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<number> {
  // The groups first, in order: the same locks that a change of their members takes.
  await sql`
    WITH leaving AS MATERIALIZED (
      SELECT g.directory_group_id FROM directory_groups g
      WHERE g.organization_id = ${tx.organizationId} AND g.directory_id = ${directoryId}
        AND g.directory_group_id IN (
          SELECT m.directory_group_id FROM memberships m
          WHERE m.organization_id = ${tx.organizationId} AND m.directory_id = ${directoryId}
            AND ${anyOf('m.directory_user_id', directoryUserIds)})
      ORDER BY g.directory_group_id FOR NO KEY UPDATE
    )
    UPDATE directory_groups g SET version = g.version + 1, updated_at = now() FROM leaving
    WHERE g.organization_id = ${tx.organizationId} AND g.directory_id = ${directoryId}
      AND g.directory_group_id = leaving.directory_group_id`.execute(tx.db)
  const left = await sql<LeftMembership>`
    DELETE FROM memberships WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', directoryUserIds)}
    RETURNING directory_user_id, directory_group_id`.execute(tx.db)
  const { rows } = await sql<{ directory_user_id: string }>`
    DELETE FROM directory_users WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', directoryUserIds)}
    RETURNING directory_user_id`.execute(tx.db)
  const deleted = rows.map((row) => row.directory_user_id)
  await settlePeople(tx, directoryId, deleted, { left: left.rows })
  return deleted.length
}
