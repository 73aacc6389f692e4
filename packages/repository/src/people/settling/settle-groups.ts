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

/**
 * Makes the group of the people layer what the directory says, and appends its event: it came into being when there was
 * none `before`. Answers whether people see another name or another id of the source.
 */
export async function storeGroup(
  tx: Transaction,
  group: StoredGroup,
  before: StoredGroup | undefined,
): Promise<boolean> {
  const changes = before && groupChanges(before, group)
  if (changes !== undefined && Object.keys(changes).length === 0) return false
  const [[row], { reference: directory }] = await pipelined(
    send(
      tx.db,
      sql<GroupRow>`
      INSERT INTO groups (organization_id, group_id, directory_id, name, name_key, idp_id, created_at, updated_at)
      VALUES (${tx.organizationId}, ${group.directoryGroupId}, ${group.directoryId}, ${group.displayName},
        ${group.displayNameKey}, ${group.externalId}, ${group.createdAt}, ${group.updatedAt})
      ON CONFLICT (organization_id, group_id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
        idp_id = excluded.idp_id, updated_at = excluded.updated_at
      RETURNING *`,
    ),
    directoryContext(tx, group.directoryId),
  )
  if (row === undefined) throw new Error('The group was not stored')
  const type = changes === undefined ? 'directory.group.created' : 'directory.group.updated'
  const data = { group: toGroupView(row), directory, ...(changes && { changes }) }
  tx.append([{ type, directoryId: group.directoryId, subjectId: group.directoryGroupId, data }])
  return true
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
