import type { Transaction } from '../database/transaction.ts'
import { lockUnlinked } from '../people/settling/lock-unlinked.ts'
import { settlePeople } from '../people/settling/settle-people.ts'

/** Users that are settled at once. */
const usersTogether = 1_000

/** What an undo takes away was asked for by somebody. */
export const asAsked = { guard: { kind: 'apply' }, memberships: { kind: 'apply' } } as const

/** Settles many users whose groups came back, or went. */
export async function settleUndone(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<void> {
  for (let from = 0; from < directoryUserIds.length; from += usersTogether) {
    const some = directoryUserIds.slice(from, from + usersTogether)
    await lockUnlinked(tx, directoryId, some)
    await settlePeople(tx, directoryId, some, { ...asAsked, quiet: true })
  }
}
