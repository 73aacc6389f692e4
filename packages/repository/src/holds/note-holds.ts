import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { DirectoryReference } from '../organizations/directory-reference.ts'
import type { RemovalKind } from '../tables.ts'
import type { GuardMode } from './guard-mode.ts'
import { openHold } from './open-hold.ts'

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
    const removals = notes[kind]?.length ?? 0
    await openHold(tx, { holdId, directoryId, directory, reason: 'push', kind, removals })
  }
  if (modes.some((mode) => mode?.kind === 'release')) return
  await withdrawEmpty(tx, [...new Set(notes.left)], { directoryId, directory })
}

/** The source itself took back what waited, so there is nothing left to decide. */
async function withdrawEmpty(
  tx: Transaction,
  holdIds: readonly string[],
  { directoryId, directory }: Pick<HoldNotes, 'directoryId' | 'directory'>,
): Promise<void> {
  if (holdIds.length === 0) return
  const waits = (table: string) => sql`EXISTS (SELECT FROM ${sql.table(table)} w
    WHERE w.organization_id = ${tx.organizationId} AND w.hold_id = h.hold_id OFFSET 0)`
  const withdrawn = await send(
    tx.db,
    sql<{ hold_id: string }>`
    UPDATE holds h SET status = 'withdrawn', decided_at = now()
    WHERE h.organization_id = ${tx.organizationId} AND h.hold_id = ANY(${holdIds}::uuid[]) AND h.status = 'open'
      AND NOT ${waits('user_links')} AND NOT ${waits('groups')} AND NOT ${waits('user_groups')}
    RETURNING h.hold_id`,
  )
  for (const { hold_id: holdId } of withdrawn) {
    const data = { directory, hold: { id: toTypeId('hold', holdId), status: 'withdrawn' } }
    tx.append([{ type: 'hold.withdrawn', directoryId, subjectId: holdId, data }])
  }
  if (withdrawn.length > 0) {
    await send(tx.db, sql`DELETE FROM hold_routes WHERE hold_id = ANY(${withdrawn.map((row) => row.hold_id)}::uuid[])`)
  }
}
