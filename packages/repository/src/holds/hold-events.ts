import type { EventType } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import type { EventDraft, Transaction } from '../database/transaction.ts'
import { type DirectoryReference, directoryContext } from '../organizations/directory-reference.ts'
import type { HoldRow } from './hold.ts'

type HoldEvent = Extract<EventType, `hold.${string}`>

/** What became of a hold; `directory` is null for several, and for one that is deleted. */
export function holdEvent(type: HoldEvent, row: HoldRow, directory: DirectoryReference | null): EventDraft {
  const hold = {
    id: toTypeId('hold', row.hold_id),
    status: row.status,
    reason: row.reason,
    kind: row.tripped.kind,
    expiresAt: row.expires_at,
  }
  return { type, directoryId: row.directory_id, subjectId: row.hold_id, data: { directory, hold } }
}

/** Each directory is read once a transaction, and all reads travel together. */
export async function appendHoldEvents(tx: Transaction, type: HoldEvent, rows: readonly HoldRow[]): Promise<void> {
  const directories = await Promise.all(
    rows.map(({ directory_id: id }) => (id === null ? undefined : directoryContext(tx, id))),
  )
  tx.append(rows.map((row, index) => holdEvent(type, row, directories[index]?.reference ?? null)))
}
