import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'

/** Rows of one transaction. */
const pieceLength = 5_000

/**
 * Deletes what the delivery logs hold of deliveries that ended before an instant, piece by piece, each in a transaction of
 * its own; what is pending stays. Answers with the number of rows deleted.
 */
export async function pruneDeliveries(database: Database, options: { before: Date; cause: Cause }): Promise<number> {
  const endpoints = await readRoutes(database, (db) =>
    db.selectFrom('followers').select(['organization_id', 'follower_id']).where('kind', '=', 'webhook').execute(),
  )
  let deleted = 0
  for (const { organization_id: organizationId, follower_id: endpointId } of endpoints) {
    const scope = scopeTo(organizationId)
    for (let after: number | null = 0; after !== null; ) {
      const piece: Piece = await transact(database, scope, options.cause, (tx) =>
        prunePiece(tx, endpointId, { after: after ?? 0, before: options.before }),
      )
      deleted += piece.deleted
      after = piece.last
    }
  }
  return deleted
}

interface Piece {
  deleted: number
  /** Where the next piece begins; null when what comes is not old. */
  last: number | null
}

/** Deliveries are made in the order of their numbers: behind a piece in which none is old there is nothing to delete. */
async function prunePiece(
  tx: Transaction,
  endpointId: string,
  { after, before }: { after: number; before: Date },
): Promise<Piece> {
  const own = sql`organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`
  const [piece] = await send(
    tx.db,
    sql<Piece>`
    WITH piece AS MATERIALIZED (
      SELECT sequence, created_at, finished_at FROM webhook_deliveries WHERE ${own} AND sequence > ${after}
      ORDER BY sequence LIMIT ${sql.lit(pieceLength)}
    ), pruned AS (
      DELETE FROM webhook_deliveries
      WHERE ${own} AND state <> 'pending' AND sequence = ANY(ARRAY(SELECT sequence FROM piece WHERE finished_at < ${before}))
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM pruned) AS deleted,
      (SELECT max(sequence) FROM piece HAVING min(created_at) < ${before}) AS last`,
  )
  return piece ?? { deleted: 0, last: null }
}
