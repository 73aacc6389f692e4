import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { settleMembers } from '../../people/settling/settle-members.ts'
import { usersBelow } from '../../people/settling/users-below.ts'
import { addEdges, removeEdges } from './apply-edges.ts'
import type { Applying, Change } from './batch.ts'
import { withEffect } from './remember-records.ts'

/** Users that are settled at once. */
const usersTogether = 2_000

/** Puts groups into groups and takes them out, with what that means for everybody below. */
export async function applyNesting(tx: Transaction, applying: Applying, batch: readonly Change[]): Promise<void> {
  const { directoryId, staged } = applying
  await removeEdges(tx, applying, withEffect(batch, 'remove'))
  await addEdges(tx, applying, withEffect(batch, 'add'))
  const groupIds = [...new Set(batch.map(({ resourceId }) => resourceId))]
  const below = await usersBelow(tx, directoryId, groupIds, '')
  await settleBelow(tx, directoryId, below, { kind: 'hold', holdId: staged.memberships })
}

/** Settles many users whose groups changed, and nothing else of them. */
export async function settleBelow(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  mode: GuardMode,
): Promise<void> {
  for (let from = 0; from < directoryUserIds.length; from += usersTogether) {
    const some = directoryUserIds.slice(from, from + usersTogether)
    await settleMembers(tx, { directoryId, directoryGroupId: '' }, some, { mode })
  }
}
