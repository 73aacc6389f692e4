import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { maintain } from '../database/maintain.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/** What a poller does for a directory when a time comes: the task that does it, and where those times stand. */
const directoryJobs = {
  /** Works on the run of a directory. */
  sync: { task: 'sync_directory', routes: 'sync_routes' },
  /** Keeps the channel by which its source tells of changes. */
  channel: { task: 'keep_channel', routes: 'notification_routes' },
} as const

type DirectoryJob = keyof typeof directoryJobs

/** Who has begun what the job does. */
export function causeOfJob(job: DirectoryJob): Cause {
  return { kind: 'system', id: directoryJobs[job].task }
}

/** How long a directory that was queued is not queued again; one that is due so soon may be taken already. */
export const visibilitySeconds = 20

/** Has a poller look at the directory as soon as this is committed; one job of each kind waits at most. */
export async function queueJob(tx: Transaction, job: DirectoryJob, directoryId: string): Promise<void> {
  const payload = JSON.stringify({ organizationId: tx.organizationId, directoryId })
  await send(
    tx.db,
    sql`SELECT graphile_worker.add_job(${directoryJobs[job].task}, payload := ${payload}::json,
      job_key := ${`${job}:${directoryId}`}, max_attempts := 1, run_at := now())`,
  )
}

/**
 * Queues the directories that are due, at most `limit`, the longest overdue first; any number of pollers may look at once.
 * One whose job is lost with its poller is due again soon. Answers with how many there were.
 */
export function queueDueJobs(database: Database, job: DirectoryJob, { limit }: { limit: number }): Promise<number> {
  const { task, routes } = directoryJobs[job]
  return maintain(database, async (db) => {
    const rows = await send(
      db,
      sql`
      WITH due AS MATERIALIZED (
        SELECT organization_id, directory_id FROM ${sql.table(routes)} WHERE due_at <= now()
        ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), queued AS (
        UPDATE ${sql.table(routes)} r SET due_at = now() + make_interval(secs => ${visibilitySeconds}) FROM due
        WHERE r.organization_id = due.organization_id AND r.directory_id = due.directory_id
        RETURNING r.organization_id, r.directory_id
      )
      SELECT (graphile_worker.add_job(${task},
        payload := json_build_object('organizationId', organization_id, 'directoryId', directory_id),
        job_key := ${job} || ':' || directory_id, max_attempts := 1, job_key_mode := 'preserve_run_at')).id FROM queued`,
    )
    return rows.length
  })
}
