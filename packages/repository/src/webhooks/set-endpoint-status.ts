import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { queueDelivery } from './queue-delivery.ts'

/**
 * Disables a webhook endpoint by hand: nothing more is delivered, what waits is kept. False when there is none, or it is
 * disabled already.
 */
export async function disableWebhook(tx: Transaction, endpointId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('webhook_endpoints')
    .set({ status: 'disabled', disabled_reason: 'manual', updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('webhook_endpoint_id', '=', endpointId)
    .where('status', '=', 'enabled')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Enables a disabled webhook endpoint: it goes on where it stopped, as if it had never failed. False when there is none, or
 * it is enabled already.
 */
export async function enableWebhook(tx: Transaction, endpointId: string): Promise<boolean> {
  const own = sql`organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`
  // In this order: fan-out locks the follower, then the endpoint.
  const [, [enabled]] = await pipelined(
    send(
      tx.db,
      sql`
      UPDATE followers SET paused = false
      WHERE kind = 'webhook' AND organization_id = ${tx.organizationId} AND follower_id = ${endpointId}`,
    ),
    send(
      tx.db,
      sql<{ now: Date }>`
      UPDATE webhook_endpoints SET status = 'enabled', disabled_reason = NULL, failures_in_a_row = 0, failing_since = NULL,
        retry_at = NULL, updated_at = now()
      WHERE ${own} AND status = 'disabled' RETURNING now() AS now`,
    ),
  )
  if (enabled === undefined) return false
  await pipelined(
    send(
      tx.db,
      sql`
      UPDATE webhook_deliveries SET next_attempt_at = now(), attempt_count = 0
      WHERE ${own} AND next_attempt_at IS NOT NULL`,
    ),
    queueDelivery(tx, endpointId, enabled.now),
  )
  return true
}
