import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { removeGroup, storeGroup } from '../people/settling/settle-groups.ts'
import { settleMembers } from '../people/settling/settle-members.ts'
import { usersBelow } from '../people/settling/users-below.ts'
import { type DirectoryGroupDraft, directoryGroupColumns } from './columns.ts'
import { MemberChanges } from './member-changes.ts'
import { addMembers, removeMembersWhere } from './members.ts'
import { type StoredGroup, type StoredRow, storedColumns, toStoredGroup } from './stored-group.ts'

/** Creates a group with its members. Throws `uniqueness` when the name must be unique and is taken. */
export async function createDirectoryGroup(
  tx: Transaction,
  directoryId: string,
  draft: DirectoryGroupDraft,
  memberIds: readonly string[],
): Promise<StoredGroup> {
  const row = await tx.db
    .insertInto('directory_groups')
    .values({ organization_id: tx.organizationId, directory_id: directoryId, ...directoryGroupColumns(draft) })
    .returning(storedColumns)
    .executeTakeFirstOrThrow()
  const group = toStoredGroup(row)
  tx.count(directoryId, 'groups', 1)
  const members = new MemberChanges()
  if (memberIds.length > 0) {
    members.note('added', await addMembers(tx, { directoryId, directoryGroupId: draft.directoryGroupId }, memberIds))
  }
  await storeGroup(tx, group, undefined)
  await settleMembers(tx, group, members)
  return group
}

/**
 * The group, its row locked until the end of the transaction; undefined when there is none. Loads no member. The lock
 * lets foreign keys through: groups that become members of each other at once do not wait in a ring.
 */
export async function lockDirectoryGroup(
  tx: Transaction,
  directoryId: string,
  directoryGroupId: string,
): Promise<StoredGroup | undefined> {
  const row = await tx.db
    .selectFrom('directory_groups')
    .select(storedColumns)
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('directory_group_id', '=', directoryGroupId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && toStoredGroup(row)
}

/**
 * Stores what became of a locked group: its document when that changed (undefined when not), a new version when the
 * document or a member changed, and what both mean for people. Answers with the group as it is now.
 */
export async function finishDirectoryGroup(
  tx: Transaction,
  before: StoredGroup,
  draft: DirectoryGroupDraft | undefined,
  members: MemberChanges,
): Promise<StoredGroup> {
  if (draft === undefined && !members.changed) return before
  if (draft === undefined) {
    // Neither needs the other's answer.
    const [[row]] = await pipelined(touchGroup(tx, before), settleMembers(tx, before, members))
    if (row === undefined) throw new Error('A locked group is gone')
    return toStoredGroup(row)
  }
  const group = toStoredGroup(
    await tx.db
      .updateTable('directory_groups')
      .set({ ...directoryGroupColumns(draft), version: sql<number>`version + 1`, updated_at: sql<Date>`now()` })
      .where('organization_id', '=', tx.organizationId)
      .where('directory_id', '=', before.directoryId)
      .where('directory_group_id', '=', before.directoryGroupId)
      .returning(storedColumns)
      .executeTakeFirstOrThrow(),
  )
  const renaming = (await storeGroup(tx, group, before)) ? { before, group } : undefined
  await settleMembers(tx, before, members, { renaming })
  return group
}

/** A new version for a group whose members changed. */
function touchGroup(tx: Transaction, { directoryId, directoryGroupId }: StoredGroup): Promise<StoredRow[]> {
  return send(
    tx.db,
    sql<StoredRow>`
    UPDATE directory_groups SET version = version + 1, updated_at = now()
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND directory_group_id = ${directoryGroupId}
    RETURNING ${sql.join(storedColumns.map((column) => sql.ref(column)))}`,
  )
}

/** Deletes a locked group: its members leave it, it leaves the groups it is in. */
export async function deleteDirectoryGroup(tx: Transaction, group: StoredGroup): Promise<void> {
  const { directoryId, directoryGroupId } = group
  const concerned = await usersBelow(tx, directoryId, [directoryGroupId], directoryGroupId)
  await removeMembersWhere(tx, { directoryId, directoryGroupId }, sql`true`)
  await sql`
    WITH parents AS (
      DELETE FROM memberships WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND child_group_id = ${directoryGroupId}
      RETURNING directory_group_id
    )
    UPDATE directory_groups g SET version = g.version + 1, updated_at = now() FROM parents
    WHERE g.organization_id = ${tx.organizationId} AND g.directory_id = ${directoryId}
      AND g.directory_group_id = parents.directory_group_id`.execute(tx.db)
  await tx.db
    .deleteFrom('directory_groups')
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('directory_group_id', '=', directoryGroupId)
    .execute()
  tx.count(directoryId, 'groups', -1)
  await removeGroup(tx, group, concerned)
}
