import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { advanceFollower, type FollowerPosition } from '../followers/advance-follower.ts'
import type { Follower } from '../followers/follower.ts'
import { lockEndpoint } from './lock-endpoint.ts'
import { queueDelivery } from './queue-delivery.ts'

/** Events of one transaction. */
const pageLength = 1_000

/**
 * Turns the next events of the log into deliveries to a webhook endpoint, those that it wants, and has them delivered. What
 * was delivered before (a replay) is pending again. Answers with whether there were events.
 */
export function fanOut(database: Database, follower: Follower): Promise<boolean> {
  return advanceFollower(database, follower, fanOutPage)
}

async function fanOutPage(tx: Transaction, { after, followerId }: FollowerPosition): Promise<number> {
  const endpoint = await lockEndpoint(tx, followerId)
  if (endpoint?.status !== 'enabled') {
    await pause(tx, followerId)
    return after
  }
  const [page] = await addDeliveries(tx, followerId, after)
  if (page === undefined || page.last === null) return after
  if (page.added > 0) await queueDelivery(tx, followerId, endpoint.now)
  return page.last
}

/**
 * The first event of a subject of which nothing is pending is due at once; the others wait until the one before them is
 * done.
 */
function addDeliveries(tx: Transaction, endpointId: string, after: number) {
  return send(
    tx.db,
    sql<{ last: number | null; added: number }>`
    WITH page AS MATERIALIZED (
      SELECT sequence, event_id, type, directory_id, subject_id FROM events
      WHERE organization_id = ${tx.organizationId} AND sequence > ${after} ORDER BY sequence LIMIT ${sql.lit(pageLength)}
    ), wanted AS MATERIALIZED (
      SELECT page.*, row_number() OVER (PARTITION BY page.subject_id ORDER BY page.sequence) AS place
      FROM webhook_endpoints e JOIN page ON (e.types IS NULL OR page.type = ANY (e.types))
        AND (e.directory_id IS NULL OR page.directory_id = e.directory_id)
      WHERE e.organization_id = ${tx.organizationId} AND e.webhook_endpoint_id = ${endpointId}
    ), added AS (
      INSERT INTO webhook_deliveries AS d (organization_id, webhook_endpoint_id, sequence, event_id, event_type, subject_id,
        next_attempt_at)
      SELECT ${tx.organizationId}::uuid, ${endpointId}::uuid, w.sequence, w.event_id, w.type, w.subject_id,
        CASE WHEN w.place = 1 AND pending.sequence IS NULL THEN now() END
      FROM wanted w
      LEFT JOIN LATERAL (
        SELECT sequence FROM webhook_deliveries
        WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}
          AND subject_id = w.subject_id AND state = 'pending' AND w.place = 1
        LIMIT 1 OFFSET 0) pending ON true
      ON CONFLICT (organization_id, webhook_endpoint_id, sequence) DO UPDATE
        SET state = 'pending', next_attempt_at = excluded.next_attempt_at, attempt_count = 0, finished_at = NULL
        WHERE d.state <> 'pending'
      RETURNING 1
    )
    SELECT (SELECT max(sequence) FROM page) AS last, (SELECT count(*) FROM added) AS added`,
  )
}

/** Nobody looks after it again until it is enabled. The row is locked by whoever works for it. */
async function pause(tx: Transaction, endpointId: string): Promise<void> {
  await tx.db
    .updateTable('followers')
    .set({ paused: true })
    .where('kind', '=', 'webhook')
    .where('organization_id', '=', tx.organizationId)
    .where('follower_id', '=', endpointId)
    .execute()
}
