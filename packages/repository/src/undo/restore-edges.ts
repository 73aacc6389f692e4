import type { Transaction } from '../database/transaction.ts'
import { addEdges, removeEdges } from '../reconcile/applying/apply-edges.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { withEffect } from '../reconcile/applying/remember-records.ts'
import { changedSince, targetKey } from './changed-since.ts'
import { reportConflicts } from './conflicts.ts'
import type { Undoing } from './undoing.ts'

/** Makes memberships what they were, as far as both ends are there. Answers with the members concerned. */
export async function restoreEdges(tx: Transaction, undoing: Undoing, edges: readonly Change[]): Promise<string[]> {
  const changed = await changedSince(tx, undoing, edges)
  // What was changed, and is by now as it was, is none.
  const conflicts = edges.filter((edge) => (changed.get(targetKey(edge)) ?? edge.effect) !== edge.effect)
  const left = new Set(conflicts)
  const restored = edges.filter((edge) => !left.has(edge))
  await removeEdges(tx, undoing, withEffect(restored, 'remove'))
  await addEdges(tx, undoing, withEffect(restored, 'add'))
  await reportConflicts(
    tx,
    undoing,
    conflicts.map((change) => ({ change, code: 'changedSince' })),
  )
  return [...new Set(restored.map(({ resourceId }) => resourceId))]
}
