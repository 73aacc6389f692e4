import type { Transaction } from '../database/transaction.ts'
import type { DirectoryReference } from '../organizations/directory-reference.ts'
import type { RemovalKind } from '../tables.ts'
import type { GuardMode } from './guard-mode.ts'
import { openHold } from './open-hold.ts'
import { withdrawEmpty } from './withdraw-empty.ts'

const kinds = ['users', 'groups', 'memberships'] as const satisfies readonly RemovalKind[]

interface HoldNotes {
  directoryId: string
  directory: DirectoryReference | null
  modes: readonly (GuardMode | undefined)[]
  /** The holds that removals went into, one entry a removal. */
  users?: readonly string[]
  groups?: readonly string[]
  memberships?: readonly string[]
  /** Holds out of which something went. */
  left: readonly string[]
}

/** Opens the hold that a directory's pushes went into, when they are the first; closes holds that nothing waits in any more. */
export async function noteHolds(tx: Transaction, notes: HoldNotes): Promise<void> {
  const { modes, directoryId, directory } = notes
  const fresh = new Set(modes.flatMap((mode) => (mode?.kind === 'window' ? [mode.freshHoldId] : [])))
  for (const holdId of fresh) {
    const kind = kinds.find((one) => notes[one]?.includes(holdId))
    if (kind === undefined) continue
    const removals = notes[kind]?.filter((one) => one === holdId).length ?? 0
    await openHold(tx, { holdId, directoryId, directory, reason: 'push', kind, removals })
  }
  // What is let go of is approved: it stays so.
  const released = new Set(modes.flatMap((mode) => (mode?.kind === 'release' ? [mode.holdId] : [])))
  await withdrawEmpty(
    tx,
    [...new Set(notes.left)].filter((holdId) => !released.has(holdId)),
  )
}
