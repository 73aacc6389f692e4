import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { SyncScan } from '../sync-tables.ts'
import { type Lease, withLease } from '../syncs/lease.ts'
import { clearStage } from './drop-stage.ts'

/** Has a run read anew, from the beginning. @throws LeaseLost */
export function restartReading(database: Database, lease: Lease, scan: SyncScan): Promise<void> {
  return withLease(database, lease, (tx) => beginReading(tx, lease.runId, scan))
}

/** As if nothing had been read yet. */
export async function beginReading(tx: Transaction, runId: string, scan: SyncScan): Promise<void> {
  await send(tx.db, sql`SET LOCAL statement_timeout = 0`)
  await clearStage(tx, runId)
  const ofRun = sql`organization_id = ${tx.organizationId} AND run_id = ${runId}`
  await send(tx.db, sql`DELETE FROM sync_problems WHERE ${ofRun}`)
  await send(
    tx.db,
    sql`
    UPDATE sync_runs SET scan = ${scan}, phase = 'reading', checkpoint = NULL, complete = NULL, pages = 0, staged_rows = 0,
      users_read = 0, groups_read = 0, memberships_read = 0, problem_count = 0, started_at = now(), updated_at = now()
    WHERE ${ofRun}`,
  )
}
