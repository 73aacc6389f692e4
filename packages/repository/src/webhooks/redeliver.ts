import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { lockEndpoint } from './lock-endpoint.ts'
import { promoteNext } from './promote-next.ts'
import { queueDelivery } from './queue-delivery.ts'

/**
 * Delivers an event (its UUID) again, or now if it waits, with all its retries. It takes its place in the order of its
 * subject: what waits behind it is delivered when it is done. False when there is no such endpoint, or it has no such
 * delivery.
 */
export async function redeliver(tx: Transaction, endpointId: string, eventId: string): Promise<boolean> {
  const endpoint = await lockEndpoint(tx, endpointId)
  if (endpoint === undefined) return false
  const own = sql`organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`
  const [again] = await send(
    tx.db,
    sql<{ subject_id: string }>`
    UPDATE webhook_deliveries SET state = 'pending', attempt_count = 0, next_attempt_at = NULL, finished_at = NULL
    WHERE ${own} AND event_id = ${eventId} RETURNING subject_id`,
  )
  if (again === undefined) return false
  await send(
    tx.db,
    sql`UPDATE webhook_deliveries SET next_attempt_at = NULL
      WHERE ${own} AND subject_id = ${again.subject_id} AND state = 'pending' AND next_attempt_at IS NOT NULL`,
  )
  await promoteNext(tx, endpointId, [again.subject_id])
  await queueDelivery(tx, endpointId, endpoint.now)
  appendAudit(tx, { action: 'webhook.redeliver', target: endpointId, detail: { eventId: toTypeId('event', eventId) } })
  return true
}
