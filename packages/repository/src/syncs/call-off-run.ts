import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { SyncPurpose } from '../sync-tables.ts'

/**
 * Waits for what a run of the directory writes at this moment, and lets none write before this transaction has ended.
 * To be called in front of every other lock on the directory: runs take them in this order.
 */
export async function stopWrites(tx: Transaction, directoryId: string): Promise<void> {
  await send(
    tx.db,
    sql`SELECT FROM directory_syncs WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId} FOR UPDATE`,
  )
}

/**
 * Ends the run that waits or is under way, if it is of one of these purposes: it is `cancelled`, and whoever works on it
 * writes nothing any more. What it has done stays; the next one goes on from there. Behind `stopWrites`.
 */
export async function callOffRun(
  tx: Transaction,
  directoryId: string,
  purposes: readonly SyncPurpose[],
): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH called_off AS (
      UPDATE sync_runs r SET status = 'cancelled', finished_at = now(), updated_at = now()
      FROM directory_syncs s
      WHERE s.organization_id = ${tx.organizationId} AND s.directory_id = ${directoryId}
        AND r.organization_id = s.organization_id AND r.run_id = s.run_id
        AND r.status IN ('waiting', 'running') AND r.purpose = ANY(${purposes})
      RETURNING r.run_id
    )
    UPDATE directory_syncs s SET fence = fence + 1, run_id = NULL, leased_until = NULL FROM called_off
    WHERE s.organization_id = ${tx.organizationId} AND s.directory_id = ${directoryId} AND s.run_id = called_off.run_id`,
  )
}
