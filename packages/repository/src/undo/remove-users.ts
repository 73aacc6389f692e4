import type { Transaction } from '../database/transaction.ts'
import { toGone } from '../directory-users/delete.ts'
import { removeDirectoryUsers } from '../directory-users/remove.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { type KnownUser, lockKnownUsers } from '../reconcile/applying/known-users.ts'
import { noteBefore } from '../reconcile/applying/note-before.ts'
import { forgetRecords } from '../reconcile/applying/remember-records.ts'
import { changedSince, targetKey } from './changed-since.ts'
import { reportConflicts } from './conflicts.ts'
import { forgetValues } from './forget-values.ts'
import { settleReports } from './settle-reports.ts'
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
    await settleReports(
      tx,
      directoryId,
      people.map(({ userId }) => userId),
    )
  }
  const conflicts = there.filter(isChanged).map(({ change }) => ({ change, code: 'changedSince' as const }))
  await reportConflicts(tx, undoing, conflicts)
}
