import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/**
 * Makes the first pending delivery of each of these subjects due when it is not. Call it under the lock, behind what ended
 * the one before it.
 */
export async function promoteNext(tx: Transaction, endpointId: string, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return
  const own = sql`organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`
  await send(
    tx.db,
    sql`
    UPDATE webhook_deliveries SET next_attempt_at = statement_timestamp()
    WHERE ${own} AND next_attempt_at IS NULL AND sequence = ANY(ARRAY(
      SELECT first.sequence FROM unnest(${[...new Set(subjectIds)]}::uuid[]) AS subject (id)
      CROSS JOIN LATERAL (
        SELECT sequence FROM webhook_deliveries WHERE ${own} AND subject_id = subject.id AND state = 'pending'
        ORDER BY sequence LIMIT 1 OFFSET 0) first))`,
  )
}
