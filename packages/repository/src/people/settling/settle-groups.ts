import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { StoredGroup } from '../../directory-groups/stored-group.ts'
import { noteHolds } from '../../holds/note-holds.ts'
import { lockWindow, noteRemovals, tripsWindow } from '../../holds/window.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import { settingsOf } from '../../settings/directory-settings.ts'
import { type GroupRow, toGroupView } from '../views/group-view.ts'
import { dropGroups } from './drop-groups.ts'
import { lockPeopleBehind } from './lock-people.ts'
import { lockUnlinked } from './lock-unlinked.ts'
import { settleMembers } from './settle-members.ts'
import { holdId } from './turn-links.ts'

/** A group of a directory as it is stored now, and as it was; undefined when it is new. */
export interface GroupChange {
  group: StoredGroup
  before: StoredGroup | undefined
}

/**
 * Makes the group of the people layer what the directory says, and appends its event: it came into being when there was
 * none `before`. Answers whether people see another name or another id of the source.
 */
export async function storeGroup(
  tx: Transaction,
  group: StoredGroup,
  before: StoredGroup | undefined,
): Promise<boolean> {
  const changed = await storeGroups(tx, group.directoryId, [{ group, before }])
  return changed.length > 0
}

/** The same for groups of one directory, in one statement. Answers with those that people see differently. */
export async function storeGroups(
  tx: Transaction,
  directoryId: string,
  groups: readonly GroupChange[],
): Promise<readonly GroupChange[]> {
  const seen = groups
    .map((one) => ({ ...one, changes: one.before && groupChanges(one.before, one.group) }))
    .filter(({ changes }) => changes === undefined || Object.keys(changes).length > 0)
  if (seen.length === 0) return []
  const drafts = seen.map(({ group }) => ({
    group_id: group.directoryGroupId,
    name: group.displayName,
    name_key: group.displayNameKey,
    idp_id: group.externalId,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
  }))
  const [rows, { reference: directory }] = await pipelined(
    send(
      tx.db,
      sql<GroupRow>`
      INSERT INTO groups (organization_id, group_id, directory_id, name, name_key, idp_id, created_at, updated_at)
      SELECT ${tx.organizationId}::uuid, group_id, ${directoryId}::uuid, name, name_key, idp_id, created_at, updated_at
      FROM json_to_recordset(${JSON.stringify(drafts)}) AS draft (group_id uuid, name text, name_key text, idp_id text,
        created_at timestamptz, updated_at timestamptz)
      ON CONFLICT (organization_id, group_id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
        idp_id = excluded.idp_id, updated_at = excluded.updated_at
      RETURNING *`,
    ),
    directoryContext(tx, directoryId),
  )
  const rowOf = new Map(rows.map((row) => [row.group_id, row]))
  for (const { group, changes } of seen) {
    const row = rowOf.get(group.directoryGroupId)
    if (row === undefined) throw new Error('The group was not stored')
    const type = changes === undefined ? 'directory.group.created' : 'directory.group.updated'
    const data = { group: toGroupView(row), directory, ...(changes && { changes }) }
    tx.append([{ type, directoryId, subjectId: group.directoryGroupId, data }])
  }
  return seen
}

/**
 * Takes a group that is gone from its directory away from people, with its event, or has it wait when the directory
 * deletes too many. `concerned` are the directory users who were in it, or in a group inside it.
 */
export async function removeGroup(tx: Transaction, gone: StoredGroup, concerned: readonly string[]): Promise<void> {
  const { directoryId, directoryGroupId: groupId } = gone
  const { guard } = await settingsOf(tx, directoryId)
  const mode = { kind: 'window', freshHoldId: newUuid() } as const
  const here = sql`organization_id = ${tx.organizationId} AND group_id = ${groupId}`
  const [, , , [judged], { reference: directory }] = await pipelined(
    lockUnlinked(tx, directoryId, concerned),
    // Before the window, as everybody does.
    lockPeopleBehind(tx, directoryId, concerned),
    lockWindow(tx, directoryId),
    send(
      tx.db,
      sql<{ held_in: string | null }>`
      SELECT CASE WHEN ${tripsWindow(tx, directoryId, 'groups', guard.groups, sql`1`)}
        THEN ${holdId(tx, directoryId, mode)} END AS held_in
      FROM groups WHERE ${here}`,
    ),
    directoryContext(tx, directoryId),
  )
  if (judged === undefined) return
  const { held_in: heldIn } = judged
  await noteRemovals(tx, directoryId, 'groups', { asked: 1, applied: heldIn === null ? 1 : 0 })
  if (heldIn === null) {
    await settleMembers(tx, gone, concerned, { mode: { kind: 'apply' } })
    await dropGroups(tx, directoryId, [groupId])
    return
  }
  await pipelined(
    send(tx.db, sql`UPDATE groups SET hold_id = ${heldIn} WHERE ${here}`),
    noteHolds(tx, { directoryId, directory, modes: [mode], groups: [heldIn], left: [] }),
  )
  // Nobody loses what waits, nor the groups that this one was in.
  await settleMembers(tx, gone, concerned, { mode: { kind: 'hold', holdId: heldIn } })
}

function groupChanges(before: StoredGroup, after: StoredGroup): Record<string, { from: unknown; to: unknown }> {
  const changes: Record<string, { from: unknown; to: unknown }> = {}
  if (before.displayName !== after.displayName) changes.name = { from: before.displayName, to: after.displayName }
  if (before.externalId !== after.externalId) changes.idpId = { from: before.externalId, to: after.externalId }
  return changes
}
