import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { maintain } from '../database/maintain.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/** The job of the poller that keeps a channel; its payload names organization and directory. */
const channelTask = 'keep_channel'

/** How long a channel that was queued is not queued again; one that is due so soon may be taken already. */
export const channelVisibilitySeconds = 20

/** Has a poller look at the channel of a directory as soon as this is committed. */
export async function keepChannelSoon(tx: Transaction, directoryId: string): Promise<void> {
  await setChannelDue(tx, directoryId, sql`now()`)
  const payload = JSON.stringify({ organizationId: tx.organizationId, directoryId })
  await send(
    tx.db,
    sql`SELECT graphile_worker.add_job(${channelTask}, payload := ${payload}::json, job_key := ${`channel:${directoryId}`},
      max_attempts := 1, run_at := now())`,
  )
}

/** When a poller is to look at the channel; null: never. */
export async function setChannelDue(
  { db, organizationId }: Transaction,
  directoryId: string,
  dueAt: ReturnType<typeof sql> | null,
): Promise<void> {
  await send(
    db,
    sql`UPDATE notification_routes SET due_at = ${dueAt}
      WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}`,
  )
}

/** Queues the channels that are due, at most `limit`, the longest overdue first; any number of pollers may look at once. */
export function queueDueChannels(database: Database, { limit }: { limit: number }): Promise<number> {
  return maintain(database, async (db) => {
    const rows = await send(
      db,
      sql`
      WITH due AS MATERIALIZED (
        SELECT channel_id FROM notification_routes WHERE due_at <= now() ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), queued AS (
        UPDATE notification_routes r SET due_at = now() + make_interval(secs => ${channelVisibilitySeconds})
        FROM due WHERE r.channel_id = due.channel_id
        RETURNING r.organization_id, r.directory_id
      )
      SELECT (graphile_worker.add_job(${channelTask},
        payload := json_build_object('organizationId', organization_id, 'directoryId', directory_id),
        job_key := 'channel:' || directory_id, max_attempts := 1, job_key_mode := 'preserve_run_at')).id FROM queued`,
    )
    return rows.length
  })
}
