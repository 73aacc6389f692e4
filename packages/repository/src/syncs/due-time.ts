import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'

/** The directory is read as soon as a poller looks. */
export async function makeDue(tx: Transaction, directoryId: string): Promise<void> {
  await sql`UPDATE sync_routes SET due_at = now()
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`.execute(tx.db)
}

/** No time makes it due; a run that is under way is still found by the end of its lease. */
export async function makeIdle(tx: Transaction, directoryId: string): Promise<void> {
  await sql`UPDATE sync_routes r SET due_at = NULL FROM directory_syncs s
    WHERE r.organization_id = ${tx.organizationId} AND r.directory_id = ${directoryId} AND s.run_id IS NULL
      AND s.organization_id = r.organization_id AND s.directory_id = r.directory_id`.execute(tx.db)
}
