import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { changeDeliveries, deliveryColumns } from './change-deliveries.ts'

/**
 * Makes the first pending delivery of each of these subjects due when it is not. Call it under the lock, behind what ended
 * the one before it.
 */
export async function promoteNext(tx: Transaction, endpointId: string, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return
  // Asked for by the order of the index of what waits: with an equality, one that is not analysed is walked by sequence.
  const source = sql`(
    SELECT first.* FROM unnest(${[...new Set(subjectIds)]}::uuid[]) AS subject (id)
    CROSS JOIN LATERAL (
      SELECT ${deliveryColumns}, next_attempt_at FROM webhook_deliveries
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId} AND state = 'pending'
        AND (subject_id, sequence) >= (subject.id, 0)
      ORDER BY subject_id, sequence LIMIT 1) first
    WHERE first.subject_id = subject.id AND first.next_attempt_at IS NULL)`
  await send(tx.db, changeDeliveries(tx, endpointId, { source, set: sql`next_attempt_at = statement_timestamp()` }))
}
