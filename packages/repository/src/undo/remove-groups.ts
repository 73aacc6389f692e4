import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { dropGroups } from '../people/settling/drop-groups.ts'
import { usersBelow } from '../people/settling/users-below.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { lockKnownGroups } from '../reconcile/applying/known-groups.ts'
import { noteBefore } from '../reconcile/applying/note-before.ts'
import { forgetRecords } from '../reconcile/applying/remember-records.ts'
import { changedSince, targetKey } from './changed-since.ts'
import { reportConflicts } from './conflicts.ts'
import { settleUndone } from './settle-undone.ts'
import type { Undoing } from './undoing.ts'

/** Takes groups away that were new, with all who are in them. */
export async function removeGroups(tx: Transaction, undoing: Undoing, batch: readonly Change[]): Promise<void> {
  const { directoryId } = undoing
  const known = await lockKnownGroups(
    tx,
    directoryId,
    batch.map(({ resourceId }) => resourceId),
  )
  const changed = await changedSince(tx, undoing, batch)
  const there = batch.filter(({ resourceId }) => known.has(resourceId))
  const removed = there.filter((change) => !changed.has(targetKey(change)))
  const ids = removed.map(({ resourceId }) => resourceId)
  if (ids.length > 0) {
    const notes = removed.flatMap((change) => {
      const group = known.get(change.resourceId)
      return group === undefined ? [] : [{ change, before: { ...group }, version: group.group.version }]
    })
    await noteBefore(tx, undoing, notes)
    const below = await usersBelow(tx, directoryId, ids, '')
    const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
    await send(tx.db, sql`DELETE FROM memberships WHERE ${here} AND ${anyOf('directory_group_id', ids)}`)
    await send(tx.db, sql`DELETE FROM memberships WHERE ${here} AND ${anyOf('child_group_id', ids)}`)
    await send(tx.db, sql`DELETE FROM directory_groups WHERE ${here} AND ${anyOf('directory_group_id', ids)}`)
    tx.count(directoryId, 'groups', -ids.length)
    await forgetRecords(tx, ids)
    await settleUndone(tx, directoryId, below)
    await dropGroups(tx, directoryId, ids)
  }
  const conflicts = there.filter((change) => changed.has(targetKey(change)))
  await reportConflicts(
    tx,
    undoing,
    conflicts.map((change) => ({ change, code: 'changedSince' })),
  )
}
