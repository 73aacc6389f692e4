import type { Transaction } from '../database/transaction.ts'
import { activateDirectory } from '../organizations/directories.ts'
import { clearDirectoryError } from '../organizations/directory-health.ts'

/** Has a test directory be activated as if for the first time, with its event, behind the end of an error if it is in one. */
export async function activateAgain(tx: Transaction, directoryId: string): Promise<void> {
  await clearDirectoryError(tx, directoryId)
  await tx.db
    .updateTable('directories')
    .set({ status: 'PENDING', activated_at: null })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('is_test', '=', true)
    .execute()
  await activateDirectory(tx, directoryId)
}
