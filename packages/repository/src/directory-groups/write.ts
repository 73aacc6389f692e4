import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'
import { appendGroupEvents } from './append-group-events.ts'
import { type DirectoryGroupDraft, directoryGroupColumns } from './columns.ts'
import { type GroupRow, groupRowColumns } from './group-view.ts'
import { MemberChanges } from './member-changes.ts'
import { addMembers, removeMembersWhere } from './members.ts'

export interface StoredGroup {
  row: GroupRow
  document: JsonObject
  version: number
}

const storedColumns = [...groupRowColumns, 'resource', 'version'] as const

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
  tx.count(directoryId, 'groups', 1)
  const members = new MemberChanges()
  if (memberIds.length > 0) {
    members.note('added', await addMembers(tx, { directoryId, directoryGroupId: draft.directoryGroupId }, memberIds))
  }
  await appendGroupEvents(tx, row, members, { type: 'directory.group.created' })
  return toStored(row)
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
  return row && toStored(row)
}

/**
 * Stores what became of a locked group: its document when that changed (undefined when not), a new version when the
 * document or a member changed, and the events of both. Answers with the group as it is now.
 */
export async function finishDirectoryGroup(
  tx: Transaction,
  before: StoredGroup,
  draft: DirectoryGroupDraft | undefined,
  members: MemberChanges,
): Promise<StoredGroup> {
  if (draft === undefined && !members.changed) return before
  const row = await tx.db
    .updateTable('directory_groups')
    .set({
      ...(draft && directoryGroupColumns(draft)),
      version: sql<number>`version + 1`,
      updated_at: sql<Date>`now()`,
    })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', before.row.directory_id)
    .where('directory_group_id', '=', before.row.directory_group_id)
    .returning(storedColumns)
    .executeTakeFirstOrThrow()
  const changes = groupChanges(before.row, row)
  const renamed = Object.keys(changes).length > 0
  await appendGroupEvents(tx, row, members, renamed ? { type: 'directory.group.updated', changes } : undefined)
  return toStored(row)
}

/** Deletes a locked group: its members leave it, it leaves the groups it is in. */
export async function deleteDirectoryGroup(tx: Transaction, group: StoredGroup): Promise<void> {
  const { directory_id: directoryId, directory_group_id: directoryGroupId } = group.row
  const members = new MemberChanges()
  members.note('removed', await removeMembersWhere(tx, { directoryId, directoryGroupId }, sql`true`))
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
  await appendGroupEvents(tx, group.row, members, undefined)
  await appendGroupEvents(tx, group.row, new MemberChanges(), { type: 'directory.group.deleted' })
}

function groupChanges(before: GroupRow, after: GroupRow): Record<string, { from: string | null; to: string | null }> {
  const changes: Record<string, { from: string | null; to: string | null }> = {}
  if (before.display_name !== after.display_name) changes.name = { from: before.display_name, to: after.display_name }
  if (before.external_id !== after.external_id) changes.idpId = { from: before.external_id, to: after.external_id }
  return changes
}

function toStored(row: GroupRow & { resource: JsonObject; version: number }): StoredGroup {
  const { resource, version, ...group } = row
  return { row: group, document: resource, version }
}
