import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { maintain } from '../database/maintain.ts'
import { send } from '../database/send.ts'
import { syncTask } from './queue-sync.ts'

/** How long a directory that was queued is not queued again; one that is due so soon may be taken already. */
export const visibilitySeconds = 20

/**
 * Queues the directories that are due, at most `limit`, the longest overdue first; any number of pollers may look at once.
 * One whose job is lost with its poller is due again soon. Answers with how many there were.
 */
export function queueDueDirectories(database: Database, { limit }: { limit: number }): Promise<number> {
  return maintain(database, async (db) => {
    const rows = await send(
      db,
      sql`
      WITH due AS MATERIALIZED (
        SELECT directory_id FROM sync_routes WHERE due_at <= now() ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), queued AS (
        UPDATE sync_routes r SET due_at = now() + make_interval(secs => ${visibilitySeconds})
        FROM due WHERE r.directory_id = due.directory_id
        RETURNING r.organization_id, r.directory_id
      )
      SELECT (graphile_worker.add_job(${syncTask},
        payload := json_build_object('organizationId', organization_id, 'directoryId', directory_id),
        job_key := 'sync:' || directory_id, max_attempts := 1, job_key_mode := 'preserve_run_at')).id FROM queued`,
    )
    return rows.length
  })
}
