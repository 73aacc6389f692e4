import type { Transaction } from '../database/transaction.ts'
import { usersBelow } from '../people/settling/users-below.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { restoreEdges } from './restore-edges.ts'
import { settleUndone } from './settle-undone.ts'
import type { Undoing } from './undoing.ts'

/** Puts groups back where they were, with what that means for everybody below. */
export async function restoreNesting(tx: Transaction, undoing: Undoing, batch: readonly Change[]): Promise<void> {
  const { directoryId } = undoing
  const childIds = await restoreEdges(tx, undoing, batch)
  await settleUndone(tx, directoryId, await usersBelow(tx, directoryId, childIds, ''))
}
