import { type DeliveryPolicy, isFailing } from '@muster/events'
import { type Selectable, sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { toEventView } from '../events/list-events.ts'
import type { Tables } from '../tables.ts'
import { changeDeliveries, claimedDeliveries, deliveryColumns } from './change-deliveries.ts'
import type { ClaimedDelivery } from './delivery.ts'

type EventRow = Selectable<Tables['events']>

/**
 * Takes up to so many deliveries that are due, each with its event, for one attempt: they are due again when the claim
 * ends, so that nothing is lost with whoever took them. Of a failing endpoint one at a time. Call it under the lock.
 */
export async function claimDeliveries(
  tx: Transaction,
  endpointId: string,
  endpoint: { failuresInARow: number; retryAt: Date | null; now: Date },
  { capacity, policy }: { capacity: number; policy: DeliveryPolicy },
): Promise<ClaimedDelivery[]> {
  const isProbe = isFailing(endpoint, policy)
  const count = isProbe ? Math.min(capacity, 1) : capacity
  if (count <= 0 || (endpoint.retryAt !== null && endpoint.retryAt > endpoint.now)) return []
  const claimedUntil = new Date(endpoint.now.getTime() + policy.claimSeconds * 1_000)
  const rows = await send(
    tx.db,
    sql<EventRow & { claimed: number; event_id: string | null }>`
    WITH due AS MATERIALIZED (
      SELECT ${deliveryColumns} FROM webhook_deliveries
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}
        AND next_attempt_at <= statement_timestamp()
      ORDER BY next_attempt_at LIMIT ${count}
    ), claimed AS (
      ${changeDeliveries(tx, endpointId, { source: sql`due`, set: sql`next_attempt_at = ${claimedUntil}` })}
      RETURNING d.sequence
    )
    SELECT claimed.sequence AS claimed, event.* FROM claimed
    LEFT JOIN LATERAL (
      SELECT * FROM events WHERE organization_id = ${tx.organizationId} AND sequence = claimed.sequence OFFSET 0) event ON true
    ORDER BY claimed.sequence`,
  )
  if (isProbe && rows.length > 0) await restUntil(tx, endpointId, claimedUntil)
  return rows.map((row) => ({
    sequence: row.claimed,
    claimedUntil,
    isProbe,
    event: row.event_id === null ? null : toEventView(row),
  }))
}

/** Gives back what was claimed and not tried. Call it under the lock. */
export async function releaseDeliveries(
  tx: Transaction,
  endpointId: string,
  claims: readonly Omit<ClaimedDelivery, 'event'>[],
): Promise<void> {
  if (claims.length === 0) return
  const source = claimedDeliveries(tx, endpointId, claims)
  await send(tx.db, changeDeliveries(tx, endpointId, { source, set: sql`next_attempt_at = statement_timestamp()` }))
}

/** While an endpoint is tried, nobody else tries it. */
function restUntil(tx: Transaction, endpointId: string, until: Date): Promise<unknown> {
  return send(
    tx.db,
    sql`UPDATE webhook_endpoints SET retry_at = ${until}
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`,
  )
}
