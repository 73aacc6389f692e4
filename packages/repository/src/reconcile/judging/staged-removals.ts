import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { RemovalKind } from '../../tables.ts'

/** The ids under which removals of each kind wait until their run is judged. */
export type StagedIds = Readonly<Record<RemovalKind, string>>

export async function stagedIdsOf(tx: Transaction, directoryId: string): Promise<StagedIds> {
  const [row] = await send(
    tx.db,
    sql<StagedIds>`
    SELECT staged_users AS users, staged_groups AS groups, staged_memberships AS memberships FROM directory_syncs
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`,
  )
  if (row === undefined) throw new Error('The directory is not one that is read')
  return row
}

/**
 * How much waits to be judged. What follows from something else that waits is not counted for itself: memberships of groups that
 * are gone, and of users who are.
 */
export async function countStaged(tx: Transaction, ids: StagedIds): Promise<Record<RemovalKind, number>> {
  const own = sql`organization_id = ${tx.organizationId}`
  const [row] = await send(
    tx.db,
    sql<Record<RemovalKind, number>>`
    SELECT
      (SELECT count(*) FROM user_links WHERE ${own} AND hold_id = ANY(${[ids.users, ids.groups, ids.memberships]}::uuid[])) AS users,
      (SELECT count(*) FROM groups WHERE ${own} AND hold_id = ${ids.groups}) AS groups,
      (SELECT count(*) FROM user_groups WHERE ${own} AND hold_id = ${ids.memberships}) AS memberships`,
  )
  return row ?? { users: 0, groups: 0, memberships: 0 }
}
