import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { lockEndpoint } from './lock-endpoint.ts'

/**
 * Has every event behind a sequence number that the log still keeps, and the endpoint wants, delivered again, in the order
 * of each subject; what was already on its way comes again with them. A number beyond what was reached changes nothing.
 * False when there is no such endpoint.
 */
export async function replayWebhook(tx: Transaction, endpointId: string, after: number): Promise<boolean> {
  // In this order: fan-out locks the follower, then the endpoint.
  const [follower] = await send(
    tx.db,
    sql<{ sequence: number }>`
    SELECT sequence FROM followers
    WHERE kind = 'webhook' AND organization_id = ${tx.organizationId} AND follower_id = ${endpointId} FOR UPDATE`,
  )
  const endpoint = await lockEndpoint(tx, endpointId)
  if (follower === undefined || endpoint === undefined) return false
  if (after >= follower.sequence) return true
  // Fan-out makes them anew, behind those that were delivered already.
  await send(
    tx.db,
    sql`DELETE FROM webhook_deliveries WHERE organization_id = ${tx.organizationId}
      AND webhook_endpoint_id = ${endpointId} AND sequence > ${after} AND state = 'pending'`,
  )
  await send(
    tx.db,
    sql`UPDATE followers SET sequence = ${after}
      WHERE kind = 'webhook' AND organization_id = ${tx.organizationId} AND follower_id = ${endpointId}`,
  )
  appendAudit(tx, { action: 'webhook.replay', target: endpointId, detail: { after } })
  return true
}
