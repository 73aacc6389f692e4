import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settle-people.ts'
import type { AskedUser } from '../people/turn-links.ts'

/**
 * Deletes users of a directory with their memberships (the groups they leave get a new version) and settles their
 * people. Answers with how many there were.
 */
export async function deleteDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<number> {
  await touchGroups(tx, directoryId, directoryUserIds)
  await sql`
    DELETE FROM memberships WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', directoryUserIds)}`.execute(tx.db)
  const { rows } = await sql<GoneRow>`
    DELETE FROM directory_users WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', directoryUserIds)}
    RETURNING directory_user_id, mapped, external_id`.execute(tx.db)
  tx.count(directoryId, 'users', -rows.length)
  await settlePeople(tx, directoryId, rows.map(toGone))
  return rows.length
}

export interface GoneRow {
  directory_user_id: string
  mapped: Record<string, string>
  external_id: string | null
}

/** A directory user that is gone, with what it said last: that stays valid while its removal waits. */
export function toGone({ directory_user_id: id, mapped, external_id: externalId }: GoneRow): AskedUser {
  return { id, kept: { mapped, externalId } }
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
