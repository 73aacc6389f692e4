import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { directoryContext } from '../organizations/directory-reference.ts'
import { type GroupRow, toGroupView } from './group-view.ts'

/** Takes all groups of a directory that is deleted away from people, with their events. Nobody is in them any more. */
export async function dropGroupsOf(tx: Transaction, directoryId: string): Promise<void> {
  const [{ reference: directory }, rows] = await Promise.all([
    directoryContext(tx, directoryId),
    send(
      tx.db,
      sql<GroupRow>`DELETE FROM groups WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        RETURNING *`,
    ),
  ])
  tx.append(
    rows.map((row) => ({
      type: 'directory.group.deleted',
      directoryId,
      subjectId: row.group_id,
      data: { group: toGroupView(row), directory },
    })),
  )
}

/** Has all groups of a directory that is deleted wait in a hold. */
export async function holdGroupsOf(tx: Transaction, directoryId: string, holdId: string): Promise<void> {
  await send(
    tx.db,
    sql`UPDATE groups SET hold_id = ${holdId} WHERE organization_id = ${tx.organizationId}
      AND directory_id = ${directoryId}`,
  )
}
