import { toTypeId } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'
import type { DirectoryType } from '../tables.ts'

/** A directory as events show it. */
export interface DirectoryReference {
  id: string
  name: string
  type: DirectoryType
}

const known = new WeakMap<Transaction, Map<string, Promise<DirectoryReference>>>()

/** Read once a transaction, and sent along with the statements around it. */
export function directoryReference(tx: Transaction, directoryId: string): Promise<DirectoryReference> {
  const ofTransaction = known.get(tx) ?? new Map<string, Promise<DirectoryReference>>()
  known.set(tx, ofTransaction)
  const earlier = ofTransaction.get(directoryId)
  if (earlier !== undefined) return earlier
  const reading = readReference(tx, directoryId)
  // Whoever awaits it sees the failure; nobody may, when a statement beside it fails first.
  reading.catch(() => undefined)
  ofTransaction.set(directoryId, reading)
  return reading
}

async function readReference(tx: Transaction, directoryId: string): Promise<DirectoryReference> {
  const row = await tx.db
    .selectFrom('directories')
    .select(['name', 'type'])
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirstOrThrow()
  return { id: toTypeId('directory', directoryId), ...row }
}
