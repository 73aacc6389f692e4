import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { countsOf } from '../listing/directory-counts.ts'
import {
  reportSyncCompleted,
  reportSyncFailed,
  type SyncStats,
  setDirectoryError,
} from '../organizations/directory-health.ts'
import { finishReconcile } from '../reconcile/finish-reconcile.ts'
import { finishUndo } from '../undo/finish-undo.ts'
import { type Lease, withLease } from './lease.ts'
import type { RunError } from './sync-run.ts'

/** A run as it has ended. */
interface EndedRun {
  purpose: 'sync' | 'plan' | 'undo'
  change_counts: Record<string, number>
  users_removed: number
  milliseconds: number
}

/** Between two runs that notifications ask for, at least: a source in which things happen all the time is not read without end. */
const restMin = '1 second'

/**
 * Ends a run well, and the directory is due again in so many seconds; after anything else than a sync, when it was. A paused one is not.
 * @throws LeaseLost
 */
export function finishRun(database: Database, lease: Lease, { dueInSeconds }: { dueInSeconds: number }): Promise<void> {
  return withLease(database, lease, async (tx) => {
    const run = await endRun(tx, lease, 'completed')
    if (run.purpose === 'undo') await finishUndo(tx, lease)
    if (run.purpose !== 'sync') {
      await releaseDirectory(tx, lease, sql`make_interval(secs => ${dueInSeconds})`, { keepsSchedule: true })
      return
    }
    await finishReconcile(tx, lease)
    const { users } = await countsOf(tx, lease.directoryId)
    await noteSynced(tx, lease, users)
    await releaseDirectory(tx, lease, sql`make_interval(secs => ${dueInSeconds})`)
    await reportSyncCompleted(tx, lease.directoryId, { runId: toTypeId('syncRun', lease.runId), stats: statsOf(run) })
  })
}

/**
 * Ends a run that failed for good: a sync puts its directory in ERROR, and it is due again in so many seconds.
 * @throws LeaseLost
 */
export function failRun(
  database: Database,
  lease: Lease,
  { error, dueInSeconds }: { error: RunError; dueInSeconds: number },
): Promise<void> {
  return withLease(database, lease, async (tx) => {
    const { directoryId } = lease
    const { purpose } = await endRun(tx, lease, 'failed', error)
    const isSync = purpose === 'sync'
    if (isSync) await noteFailure(tx, directoryId)
    await releaseDirectory(tx, lease, sql`make_interval(secs => ${dueInSeconds})`, { keepsSchedule: !isSync })
    if (!isSync) return
    const told = { code: error.code, message: error.message }
    await reportSyncFailed(tx, directoryId, { runId: toTypeId('syncRun', lease.runId), error: told })
    await setDirectoryError(tx, directoryId, told)
  })
}

/**
 * Lets a run wait for another attempt, which goes on where this one ended.
 * @throws LeaseLost
 */
export function retryRun(
  database: Database,
  lease: Lease,
  { error, dueInSeconds }: { error: RunError; dueInSeconds: number },
): Promise<void> {
  return waitAgain(database, lease, { error: JSON.stringify(error), dueInSeconds })
}

/**
 * Gives a run back that may be taken up at once; that was no attempt.
 * @throws LeaseLost
 */
export function giveRunBack(database: Database, lease: Lease): Promise<void> {
  return waitAgain(database, lease, { attempts: sql<number>`attempts - 1`, dueInSeconds: 0 })
}

function waitAgain(
  database: Database,
  lease: Lease,
  { dueInSeconds, ...changes }: { dueInSeconds: number; error?: string; attempts?: ReturnType<typeof sql<number>> },
): Promise<void> {
  return withLease(database, lease, async (tx) => {
    await tx.db
      .updateTable('sync_runs')
      .set({ ...changes, status: 'waiting', updated_at: sql`now()` })
      .where('organization_id', '=', tx.organizationId)
      .where('run_id', '=', lease.runId)
      .execute()
    await releaseDirectory(tx, lease, sql`make_interval(secs => ${dueInSeconds})`, { runId: lease.runId })
  })
}

async function endRun(
  { db, organizationId }: Transaction,
  { runId }: Lease,
  status: 'completed' | 'failed',
  error?: RunError,
): Promise<EndedRun> {
  const [run] = await send(
    db,
    sql<EndedRun>`
    UPDATE sync_runs SET status = ${status}, phase = CASE ${status} WHEN 'completed' THEN 'done' ELSE phase END,
      error = ${error === undefined ? null : JSON.stringify(error)}::jsonb, finished_at = now(), updated_at = now()
    WHERE organization_id = ${organizationId} AND run_id = ${runId}
    RETURNING purpose, change_counts, users_removed,
      GREATEST(0, round(extract(epoch FROM now() - COALESCE(started_at, now())) * 1000))::bigint AS milliseconds`,
  )
  if (run === undefined) throw new Error('A sync run is gone while somebody has the lease on it')
  return run
}

/** From where the next delta begins, and when everything was read last. */
async function noteSynced({ db, organizationId }: Transaction, lease: Lease, userCount: number): Promise<void> {
  await send(
    db,
    sql`
    UPDATE directory_syncs s SET checkpoint = r.checkpoint, synced_at = now(), synced_count = ${userCount},
      failures_in_a_row = 0,
      full_scan_at = CASE WHEN r.scan = 'full' AND r.complete = 'all' THEN now() ELSE s.full_scan_at END
    FROM sync_runs r
    WHERE s.organization_id = ${organizationId} AND s.directory_id = ${lease.directoryId}
      AND r.organization_id = ${organizationId} AND r.run_id = ${lease.runId}`,
  )
}

async function noteFailure({ db, organizationId }: Transaction, directoryId: string): Promise<void> {
  await send(
    db,
    sql`UPDATE directory_syncs SET failures_in_a_row = failures_in_a_row + 1
      WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}`,
  )
}

/**
 * Ends the lease. `keepsSchedule`: a run in between moves no sync that was due later. `runId`: the run that waits. What the source told
 * meanwhile makes it due as soon as it has rested for as long as it was worked on; behind a failure only when it is tried again.
 */
async function releaseDirectory(
  { db, organizationId }: Transaction,
  { directoryId }: Lease,
  dueIn: ReturnType<typeof sql>,
  { runId, keepsSchedule = false }: { runId?: string; keepsSchedule?: boolean } = {},
): Promise<void> {
  await send(
    db,
    sql`
    WITH released AS (
      UPDATE directory_syncs SET leased_until = NULL, run_id = ${runId ?? null}::uuid,
        rests_until = clock_timestamp() + GREATEST(${restMin}::interval, clock_timestamp() - begun_at)
      WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}
      RETURNING synced_at + make_interval(mins => interval_minutes) AS scheduled_at,
        CASE WHEN run_id IS NULL AND poked_at IS NOT NULL AND failures_in_a_row = 0 THEN rests_until END AS notified_at
    )
    UPDATE sync_routes r SET due_at = CASE
        WHEN d.status = 'PAUSED' AND ${runId ?? null}::uuid IS NULL THEN NULL
        WHEN ${keepsSchedule}::boolean
          THEN LEAST(notified_at, COALESCE(GREATEST(now(), released.scheduled_at), now() + ${dueIn}))
        ELSE LEAST(notified_at, now() + ${dueIn}) END
    FROM released, directories d
    WHERE r.organization_id = ${organizationId} AND r.directory_id = ${directoryId}
      AND d.organization_id = ${organizationId} AND d.directory_id = ${directoryId}`,
  )
}

function statsOf({ change_counts: counts, users_removed: usersRemoved, milliseconds }: EndedRun): SyncStats {
  const count = (...names: string[]) => names.reduce((sum, name) => sum + (counts[name] ?? 0), 0)
  return {
    usersCreated: count('user.create'),
    usersUpdated: count('user.update', 'user.return'),
    usersDeleted: usersRemoved,
    groupsCreated: count('group.create'),
    membershipChanges: count('membership.add', 'membership.remove'),
    duration: milliseconds,
  }
}
