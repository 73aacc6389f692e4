import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'

/** The job of the poller that works on the run of a directory; its payload names organization and directory. */
export const syncTask = 'sync_directory'

/** Has a poller look at the directory as soon as this is committed; one job of each waits at most. */
export async function queueSync(tx: Transaction, directoryId: string): Promise<void> {
  const payload = JSON.stringify({ organizationId: tx.organizationId, directoryId })
  await sql`SELECT graphile_worker.add_job(${syncTask}, payload := ${payload}::json, job_key := ${`sync:${directoryId}`},
    max_attempts := 1, run_at := now())`.execute(tx.db)
}
