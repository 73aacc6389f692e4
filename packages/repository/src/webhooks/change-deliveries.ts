import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'

/** What a row is known by and cannot do without. */
export const deliveryColumns = sql`sequence, event_id, event_type, subject_id`

/**
 * A statement that changes the deliveries which `source` (what stands behind FROM) has, each with `deliveryColumns` and the
 * alias `changed`; all of them exist. `set` may use `changed` by way of `excluded`, and `d` for the row itself.
 *
 * It is an INSERT whose every row conflicts, because that finds them by the primary key whatever the planner believes: as long
 * as the table was not analysed, an UPDATE of a set reads all deliveries of the endpoint.
 */
export function changeDeliveries(
  tx: Transaction,
  endpointId: string,
  { source, columns, set }: { source: RawBuilder<unknown>; columns?: RawBuilder<unknown>; set: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const more = columns === undefined ? sql`` : sql`, ${columns}`
  return sql`
    INSERT INTO webhook_deliveries AS d (organization_id, webhook_endpoint_id, ${deliveryColumns}${more})
    SELECT ${tx.organizationId}::uuid, ${endpointId}::uuid, ${deliveryColumns}${more} FROM ${source} changed
    ON CONFLICT (organization_id, webhook_endpoint_id, sequence) DO UPDATE SET ${set}`
}

/** The deliveries under way by these claims, for a FROM; with all their columns. */
export function claimedDeliveries(
  tx: Transaction,
  endpointId: string,
  claims: readonly { sequence: number; claimedUntil: Date }[],
): RawBuilder<unknown> {
  const sequences = claims.map((claim) => claim.sequence)
  const times = claims.map((claim) => claim.claimedUntil)
  // Asked for by the order of the primary key: with an equality, as long as the table is not analysed, any other index of the
  // endpoint looks as good, and is read as a whole.
  return sql`(
    SELECT found.* FROM unnest(${sequences}::bigint[], ${times}::timestamptz[]) AS claim (sequence, claimed_until)
    CROSS JOIN LATERAL (
      SELECT * FROM webhook_deliveries WHERE organization_id = ${tx.organizationId}
        AND webhook_endpoint_id = ${endpointId} AND sequence >= claim.sequence
      ORDER BY sequence LIMIT 1) found
    WHERE found.sequence = claim.sequence AND found.state = 'pending' AND found.next_attempt_at = claim.claimed_until)`
}
