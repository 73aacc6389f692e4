import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'

/**
 * The directory users in the groups and in all groups inside them. Groups are locked first, until COMMIT: who is just
 * being put into one of them is found, and whoever comes later sees what became of the groups around it. `own` is one that
 * the caller has locked. Others are locked by one transaction of the directory at a time: two groups that are put into each
 * other at once would wait for each other.
 */
export async function usersBelow(
  tx: Transaction,
  directoryId: string,
  groupIds: readonly string[],
  own: string,
): Promise<string[]> {
  if (groupIds.length === 0) return []
  const others = (await groupIdsBelow(tx, directoryId, groupIds)).filter((id) => id !== own)
  if (others.length > 0) {
    tx.require(`groups inside groups ${directoryId}`)
    await lockGroupsBelow(tx, directoryId, groupIds)
  }
  const rows = await send(
    tx.db,
    sql<{ id: string }>`
    ${groupsBelow(tx, directoryId, groupIds)}
    SELECT DISTINCT member.directory_user_id AS id FROM inside CROSS JOIN LATERAL (
      SELECT m.directory_user_id FROM memberships m WHERE m.organization_id = ${tx.organizationId}
        AND m.directory_id = ${directoryId} AND m.directory_group_id = inside.group_id
        AND m.directory_user_id IS NOT NULL OFFSET 0) member`,
  )
  return rows.map((row) => row.id)
}

async function groupIdsBelow(tx: Transaction, directoryId: string, groupIds: readonly string[]): Promise<string[]> {
  const rows = await send(
    tx.db,
    sql<{ group_id: string }>`${groupsBelow(tx, directoryId, groupIds)} SELECT group_id FROM inside`,
  )
  return rows.map((row) => row.group_id)
}

/** In order of id. Again when there are more groups than were locked: while it waited, some were put inside. */
async function lockGroupsBelow(tx: Transaction, directoryId: string, groupIds: readonly string[]): Promise<void> {
  for (let known = -1, found = 0; found > known; ) {
    const locked = await send(
      tx.db,
      sql`
      ${groupsBelow(tx, directoryId, groupIds)}
      SELECT FROM (SELECT group_id FROM inside ORDER BY group_id OFFSET 0) inside CROSS JOIN LATERAL (
        SELECT FROM directory_groups g WHERE g.organization_id = ${tx.organizationId}
          AND g.directory_id = ${directoryId} AND g.directory_group_id = inside.group_id FOR SHARE) locked`,
    )
    known = found
    found = locked.length
  }
}

/** The head of a statement: `inside (group_id)`, the groups and all that are inside them. */
function groupsBelow(tx: Transaction, directoryId: string, groupIds: readonly string[]): RawBuilder<unknown> {
  return sql`
    WITH RECURSIVE inside (group_id) AS (
      SELECT id::uuid FROM json_array_elements_text(${JSON.stringify(groupIds)}::json) AS given (id)
      UNION
      SELECT child.child_group_id FROM inside CROSS JOIN LATERAL (
        SELECT m.child_group_id FROM memberships m WHERE m.organization_id = ${tx.organizationId}
          AND m.directory_id = ${directoryId} AND m.directory_group_id = inside.group_id
          AND m.child_group_id IS NOT NULL OFFSET 0) child
    )`
}
