import { type DeliveryPolicy, isFailing } from '@muster/events'
import { type Selectable, sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { toEventView } from '../events/list-events.ts'
import type { Tables } from '../tables.ts'
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
      SELECT sequence FROM webhook_deliveries
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}
        AND next_attempt_at <= statement_timestamp()
      ORDER BY next_attempt_at, sequence LIMIT ${count}
    ), claimed AS (
      UPDATE webhook_deliveries SET next_attempt_at = ${claimedUntil}
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}
        AND sequence = ANY(ARRAY(SELECT sequence FROM due))
      RETURNING sequence
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
  const sequences = claims.map((claim) => claim.sequence)
  await send(
    tx.db,
    sql`
    UPDATE webhook_deliveries d SET next_attempt_at = statement_timestamp()
    FROM unnest(${sequences}::bigint[], ${claims.map((claim) => claim.claimedUntil)}::timestamptz[])
      AS claim (sequence, claimed_until)
    WHERE d.organization_id = ${tx.organizationId} AND d.webhook_endpoint_id = ${endpointId}
      AND d.sequence = ANY(${sequences}::bigint[])
      AND d.sequence = claim.sequence AND d.next_attempt_at = claim.claimed_until`,
  )
}

/** While an endpoint is tried, nobody else tries it. */
function restUntil(tx: Transaction, endpointId: string, until: Date): Promise<unknown> {
  return send(
    tx.db,
    sql`UPDATE webhook_endpoints SET retry_at = ${until}
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`,
  )
}
