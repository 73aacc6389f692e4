import { sameJson } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { StoredGroup } from '../directory-groups/stored-group.ts'
import { withdrawEmpty } from '../holds/withdraw-empty.ts'
import { storeGroups } from '../people/settling/settle-groups.ts'
import { usersBelow } from '../people/settling/users-below.ts'
import { readGroups } from '../people/views/read-groups.ts'
import { storeGroupRows } from '../reconcile/applying/apply-groups.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { type KnownGroup, lockKnownGroups } from '../reconcile/applying/known-groups.ts'
import { noteBefore } from '../reconcile/applying/note-before.ts'
import { changedSince, targetKey } from './changed-since.ts'
import { type Conflict, reportConflicts } from './conflicts.ts'
import { type Entry, readJournal } from './journal.ts'
import { findRecordHolders, restoreRecords } from './restore-records.ts'
import { settleUndone } from './settle-undone.ts'
import type { Undoing } from './undoing.ts'

/** A group that was otherwise. */
interface Restored {
  change: Change
  before: KnownGroup
  /** Undefined: it is gone, and comes back. */
  present: KnownGroup | undefined
}

/** Brings groups back, or makes them what they were; their members follow. */
export async function restoreGroups(tx: Transaction, undoing: Undoing, batch: readonly Change[]): Promise<void> {
  const { directoryId } = undoing
  const { restored, conflicts } = await judge(tx, undoing, batch)
  const differing = restored.filter(({ before, present }) => present === undefined || differs(before, present))
  const presentIds = new Set(differing.flatMap(({ present, change }) => (present ? [change.resourceId] : [])))
  const stored = differing.length === 0 ? [] : await storeGroupRows(tx, directoryId, differing.map(toDraft))
  tx.count(directoryId, 'groups', stored.length - presentIds.size)
  const shown = await shownGroups(tx, stored)
  const seen = await storeGroups(
    tx,
    directoryId,
    stored.map((group) => ({ group, before: shown.get(group.directoryGroupId) })),
  )
  await endWaiting(
    tx,
    stored.map((group) => group.directoryGroupId),
  )
  await restoreRecords(
    tx,
    undoing,
    restored.map(({ change, before }) => ({ kind: 'group', id: change.resourceId, source: before.source })),
  )
  const notes = restored.flatMap(({ change, present }) =>
    present === undefined ? [] : [{ change, before: { ...present }, version: present.group.version }],
  )
  await noteBefore(tx, undoing, notes)
  // Filters and role mappings may go by the name of a group.
  const renamed = seen.map(({ group }) => group.directoryGroupId).filter((id) => presentIds.has(id))
  await settleUndone(tx, directoryId, await usersBelow(tx, directoryId, renamed, ''))
  await reportConflicts(tx, undoing, conflicts)
}

async function judge(
  tx: Transaction,
  undoing: Undoing,
  batch: readonly Change[],
): Promise<{ restored: Restored[]; conflicts: Conflict[] }> {
  const ids = batch.map(({ resourceId }) => resourceId)
  const known = await lockKnownGroups(tx, undoing.directoryId, ids)
  const journal = await readJournal<KnownGroup>(tx, undoing, 'group', ids)
  const changed = await changedSince(tx, undoing, batch)
  const sourceIds = batch.flatMap(({ sourceId }) => sourceId ?? [])
  const holders = await findRecordHolders(tx, undoing, 'group', sourceIds)
  const restored: Restored[] = []
  const conflicts: Conflict[] = []
  for (const change of batch) {
    const present = known.get(change.resourceId)
    const entry: Entry<KnownGroup> | undefined = journal.get(change.resourceId)
    const holder = change.sourceId === null ? undefined : holders.get(change.sourceId)
    const isElsewhere = holder !== undefined && holder !== change.resourceId
    const isGone = present === undefined && change.effect === 'update'
    const isChanged = changed.has(targetKey(change)) || isElsewhere || isGone
    if (entry?.before && !isChanged) restored.push({ change, before: entry.before, present })
    else conflicts.push({ change, code: 'changedSince' })
  }
  return { restored, conflicts }
}

function differs({ group: before }: KnownGroup, { group: present }: KnownGroup): boolean {
  return (
    before.displayName !== present.displayName ||
    before.externalId !== present.externalId ||
    !sameJson(before.document, present.document)
  )
}

function toDraft({ change, before: { group } }: Restored) {
  return {
    directory_group_id: change.resourceId,
    display_name: group.displayName,
    display_name_key: group.displayNameKey,
    external_id: group.externalId,
    resource: group.document,
  }
}

/** What people see of these groups: also of those that are gone and whose removal waits. */
async function shownGroups(tx: Transaction, stored: readonly StoredGroup[]): Promise<Map<string, StoredGroup>> {
  const shown = await readGroups(
    tx,
    stored.map((group) => group.directoryGroupId),
  )
  const names = new Map(shown.map((row) => [row.group_id, { displayName: row.name, externalId: row.idp_id }]))
  return new Map(
    stored.flatMap((group) => {
      const seen = names.get(group.directoryGroupId)
      return seen === undefined ? [] : [[group.directoryGroupId, { ...group, ...seen }] as const]
    }),
  )
}

/** They are there again, so that nothing of them waits. */
async function endWaiting(tx: Transaction, groupIds: readonly string[]): Promise<void> {
  if (groupIds.length === 0) return
  const rows = await send(
    tx.db,
    sql<{ hold_id: string }>`
    WITH waiting AS MATERIALIZED (
      SELECT g.group_id, g.hold_id FROM json_array_elements_text(${JSON.stringify(groupIds)}::json) AS asked (id)
      CROSS JOIN LATERAL (SELECT group_id, hold_id FROM groups WHERE organization_id = ${tx.organizationId}
        AND group_id = asked.id::uuid AND hold_id IS NOT NULL OFFSET 0) g
    ),
    ended AS (
      UPDATE groups SET hold_id = NULL WHERE organization_id = ${tx.organizationId}
        AND group_id = ANY(ARRAY(SELECT group_id FROM waiting))
    )
    SELECT DISTINCT hold_id FROM waiting`,
  )
  await withdrawEmpty(
    tx,
    rows.map((row) => row.hold_id),
  )
}
