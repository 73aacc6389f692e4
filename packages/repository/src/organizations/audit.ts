import { newUuid } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'

/** Adds an entry to the audit trail in the transaction of the act. `detail` holds no secret and no personal data. */
export async function appendAudit(
  tx: Transaction,
  entry: { action: string; target: string; detail?: Record<string, unknown> },
): Promise<void> {
  await tx.db
    .insertInto('audit_entries')
    .values({
      organization_id: tx.organizationId,
      audit_entry_id: newUuid(),
      actor: JSON.stringify(tx.cause),
      action: entry.action,
      target: entry.target,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}
