import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { queueDelivery } from './queue-delivery.ts'

/**
 * Has an enabled endpoint that moved tried at once, as if it had never failed. What is on its way to the old address at this
 * moment is sent to the new one, too.
 */
export async function retryAtOnce(tx: Transaction, endpointId: string): Promise<void> {
  const own = sql`organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`
  const [retried] = await send(
    tx.db,
    sql<{ now: Date }>`
    UPDATE webhook_endpoints SET failures_in_a_row = 0, failing_since = NULL, retry_at = NULL
    WHERE ${own} AND status = 'enabled' RETURNING now() AS now`,
  )
  if (retried === undefined) return
  await pipelined(
    send(
      tx.db,
      sql`
      UPDATE webhook_deliveries SET next_attempt_at = now(), attempt_count = 0
      WHERE ${own} AND next_attempt_at IS NOT NULL`,
    ),
    queueDelivery(tx, endpointId, retried.now),
  )
}
