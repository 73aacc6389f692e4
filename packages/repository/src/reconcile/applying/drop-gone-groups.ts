import { sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { usersBelow } from '../../people/settling/users-below.ts'
import { settleBelow } from './apply-nesting.ts'
import type { Applying, Change } from './batch.ts'
import { lockKnownGroups } from './known-groups.ts'
import { noteBefore } from './note-before.ts'
import { forgetRecords } from './remember-records.ts'

/** Takes groups that are gone out of the directory; for people they, and who was in them, wait until the run is judged. */
export async function dropGoneGroups(tx: Transaction, applying: Applying, batch: readonly Change[]): Promise<void> {
  const { directoryId, staged } = applying
  const ids = batch.map(({ resourceId }) => resourceId)
  const known = await lockKnownGroups(tx, directoryId, ids, { withEdges: true })
  const below = await usersBelow(tx, directoryId, ids, '')
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await send(tx.db, sql`DELETE FROM memberships WHERE ${here} AND ${anyOf('directory_group_id', ids)}`)
  await send(tx.db, sql`DELETE FROM memberships WHERE ${here} AND ${anyOf('child_group_id', ids)}`)
  await send(tx.db, sql`DELETE FROM directory_groups WHERE ${here} AND ${anyOf('directory_group_id', ids)}`)
  tx.count(directoryId, 'groups', -known.size)
  await forgetRecords(tx, ids)
  await send(
    tx.db,
    sql`UPDATE groups SET hold_id = ${staged.groups} WHERE organization_id = ${tx.organizationId}
      AND ${anyOf('group_id', ids)} AND hold_id IS NULL`,
  )
  await settleBelow(tx, directoryId, below, { kind: 'hold', holdId: staged.groups })
  await noteBefore(
    tx,
    applying,
    batch.flatMap((change) => {
      const before = known.get(change.resourceId)
      return before === undefined ? [] : [{ change, before: { ...before }, version: null }]
    }),
  )
}
