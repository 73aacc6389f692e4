import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { toGone } from '../directory-users/delete.ts'
import { removeDirectoryUsers } from '../directory-users/remove.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { settlePersons } from '../people/settling/settle-persons.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { type KnownUser, lockKnownUsers } from '../reconcile/applying/known-users.ts'
import { noteBefore } from '../reconcile/applying/note-before.ts'
import { forgetRecords } from '../reconcile/applying/remember-records.ts'
import { changedSince, targetKey } from './changed-since.ts'
import { reportConflicts } from './conflicts.ts'
import { forgetValues } from './forget-values.ts'
import { asAsked } from './settle-undone.ts'
import type { Undoing } from './undoing.ts'

/** Of a user that nobody changed since it came into being. */
const firstVersion = 1

/** Takes users away who were new: their people stay, inactive unless another directory holds them. */
export async function removeUsers(tx: Transaction, undoing: Undoing, batch: readonly Change[]): Promise<void> {
  const { directoryId, later } = undoing
  const known = await lockKnownUsers(
    tx,
    directoryId,
    batch.map(({ resourceId }) => resourceId),
  )
  const changed = await changedSince(tx, undoing, batch)
  const there = batch.flatMap((change) => {
    const user = known.get(change.resourceId)
    return user === undefined ? [] : [{ change, user }]
  })
  const isChanged = ({ change, user }: { change: Change; user: KnownUser }) =>
    later.length === 0 ? user.version !== firstVersion : changed.has(targetKey(change))
  const removed = there.filter((one) => !isChanged(one))
  const ids = removed.map(({ user }) => user.directoryUserId)
  if (ids.length > 0) {
    await noteBefore(
      tx,
      undoing,
      removed.map(({ change, user }) => ({ change, before: { ...user }, version: user.version })),
    )
    const gone = await removeDirectoryUsers(tx, directoryId, ids)
    await forgetRecords(tx, ids)
    await settlePeople(tx, directoryId, gone.map(toGone), asAsked)
    const people = removed.flatMap(({ user: { userId, mapped } }) =>
      userId === null ? [] : [{ userId, values: mapped }],
    )
    await forgetValues(tx, directoryId, people)
    const reports = await reportsOfAll(
      tx,
      people.map(({ userId }) => userId),
    )
    await settlePersons(tx, reports, { directoryId, steady: true })
  }
  const conflicts = there.filter(isChanged).map(({ change }) => ({ change, code: 'changedSince' as const }))
  await reportConflicts(tx, undoing, conflicts)
}

/** The people whose managers these are. */
async function reportsOfAll(tx: Transaction, userIds: readonly string[]): Promise<string[]> {
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT DISTINCT report.user_id FROM json_array_elements_text(${JSON.stringify(userIds)}::json) AS asked (id)
    CROSS JOIN LATERAL (SELECT user_id FROM users WHERE organization_id = ${tx.organizationId}
      AND manager_id = asked.id::uuid OFFSET 0) report`,
  )
  return rows.map((row) => row.user_id)
}
