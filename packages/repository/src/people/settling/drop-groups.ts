import { type RawBuilder, sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import { type GroupRow, toGroupView } from '../views/group-view.ts'

/**
 * Takes groups that their directory has no more away from people, with their events; all of the directory's when it does
 * not say which. One in which somebody is who waits for a decision waits with them.
 */
export async function dropGroups(tx: Transaction, directoryId: string, groupIds?: readonly string[]): Promise<void> {
  const of = sql`g.organization_id = ${tx.organizationId} AND g.directory_id = ${directoryId}
    AND ${groupIds === undefined ? sql`true` : anyOf('group_id', groupIds)}`
  const [rows, , { reference: directory }] = await pipelined(
    send(tx.db, sql<GroupRow>`DELETE FROM groups g WHERE ${of} AND NOT EXISTS (${waiting(tx)}) RETURNING g.*`),
    send(tx.db, sql`UPDATE groups g SET hold_id = (${waiting(tx)} LIMIT 1) WHERE ${of}`),
    directoryContext(tx, directoryId),
  )
  tx.append(
    rows.map((row) => ({
      type: 'directory.group.deleted',
      directoryId,
      subjectId: row.group_id,
      data: { group: toGroupView(row), directory },
    })),
  )
}

/** Has all groups of a directory that is deleted wait in a hold, those that wait already in theirs. */
export async function holdGroupsOf(tx: Transaction, directoryId: string, holdId: string): Promise<void> {
  await send(
    tx.db,
    sql`UPDATE groups SET hold_id = ${holdId} WHERE organization_id = ${tx.organizationId}
      AND directory_id = ${directoryId} AND hold_id IS NULL`,
  )
}

function waiting(tx: Transaction): RawBuilder<unknown> {
  return sql`SELECT ug.hold_id FROM user_groups ug WHERE ug.group_id = g.group_id
    AND ug.organization_id = ${tx.organizationId}`
}
