import type { Cause } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { type Reader, read } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { causeOfJob, visibilitySeconds } from '../jobs/directory-jobs.ts'
import { restartReading } from '../reconcile/restart-reading.ts'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
import { insertRun } from './insert-run.ts'
import type { Lease } from './lease.ts'
import { findRun } from './list-runs.ts'
import { isStageWhole } from './stage-check.ts'
import { type RunRow, runColumns, type SyncRun, toRun } from './sync-run.ts'

/** A run with the right to work on it. */
export interface ClaimedRun {
  lease: Lease
  run: SyncRun
  directoryType: DirectoryType
  /** Where the next delta begins; null: only a full scan is possible. */
  since: string | null
  intervalMinutes: number
}

interface DirectoryRow {
  type: DirectoryType
  status: DirectoryStatus
  checkpoint: string | null
  interval_minutes: number
  fence: number
  run_id: string | null
  /** And not by notifications alone while it rests: whoever looks what is due moves every other time. */
  is_due: boolean
  is_leased: boolean
  needs_full_scan: boolean
  is_poked: boolean
}

const cause = causeOfJob('sync')

/**
 * Takes the run of a directory that is due, the one that waits or whose worker's lease has ended, or makes one: by schedule, or
 * because the source has said that something changed.
 * Until the lease ends nobody else gets it; whoever had it before writes nothing more. Undefined when there is nothing to do:
 * somebody works on it, it is not due, paused, or gone. What was read in part is read on, when it is whole and not old.
 */
export async function claimRun(
  database: Database,
  { organizationId, directoryId }: { organizationId: string; directoryId: string },
  { leaseSeconds }: { leaseSeconds: number },
): Promise<ClaimedRun | undefined> {
  const scope = scopeTo(organizationId)
  // Without a lock: whoever asks must not stand in the way of the one who works.
  const seen = await read(database, scope, (reader) => readDirectory(reader, directoryId))
  if (seen === undefined || seen.is_leased) return undefined
  const claimed = await transact(database, scope, cause, async (tx) => {
    await lockDirectory(tx, directoryId)
    const directory = await readDirectory(tx, directoryId)
    if (directory === undefined || directory.is_leased || !directory.is_due) return undefined
    const waiting = await findWaitingRun(tx, directory.run_id)
    if (directory.status === 'PAUSED' && (waiting === undefined || waiting.purpose === 'sync')) {
      await setDue(tx, directoryId, null)
      return undefined
    }
    const runId = waiting?.run_id ?? (await addDueRun(tx, directoryId, directory))
    const run = await beginWork(tx, runId)
    const fence = await giveLease(tx, run, leaseSeconds)
    const isWhole = run.phase !== 'reading' || run.pages === 0 || (await isStageWhole(tx, runId))
    return { directory, run, fence, isWhole }
  })
  if (claimed === undefined) return undefined
  const { directory, run, fence, isWhole } = claimed
  // Whoever asked for it stands in the run: what happens is the run's.
  const lease: Lease = { scope, directoryId, runId: run.runId, fence, cause: causeOfRun(run.runId) }
  if (!isWhole) await restartReading(database, lease, run.scan)
  return {
    lease,
    run: isWhole ? run : ((await read(database, scope, (reader) => findRun(reader, run.runId))) ?? run),
    directoryType: directory.type,
    since: directory.checkpoint,
    intervalMinutes: directory.interval_minutes,
  }
}

function causeOfRun(runId: string): Cause {
  return { kind: 'sync', id: toTypeId('syncRun', runId) }
}

/** Waits for a write of whoever works on the run: `assertLease` holds the row until it has ended. */
async function lockDirectory({ db, organizationId }: Transaction, directoryId: string): Promise<void> {
  await send(
    db,
    sql`SELECT FROM directory_syncs WHERE organization_id = ${organizationId} AND directory_id = ${directoryId} FOR UPDATE`,
  )
}

async function readDirectory({ db, organizationId }: Reader, directoryId: string): Promise<DirectoryRow | undefined> {
  const [row] = await send(
    db,
    sql<DirectoryRow>`
    SELECT d.type, d.status, s.checkpoint, s.interval_minutes, s.fence, s.run_id,
      COALESCE(s.leased_until > clock_timestamp(), false) AS is_leased,
      COALESCE(r.due_at <= clock_timestamp() + make_interval(secs => ${visibilitySeconds}), false)
        AND NOT COALESCE(s.poked_at IS NOT NULL AND s.run_id IS NULL AND r.due_at = s.rests_until AND r.due_at > clock_timestamp(), false)
        AS is_due,
      s.checkpoint IS NULL OR s.full_scan_at IS NULL
        OR s.full_scan_at < now() - make_interval(hours => s.full_scan_hours) AS needs_full_scan,
      s.poked_at IS NOT NULL AS is_poked
    FROM directory_syncs s
    JOIN directories d ON d.organization_id = ${organizationId} AND d.directory_id = s.directory_id
    LEFT JOIN sync_routes r ON r.directory_id = s.directory_id
    WHERE s.organization_id = ${organizationId} AND s.directory_id = ${directoryId}`,
  )
  return row
}

function findWaitingRun({ db, organizationId }: Transaction, runId: string | null) {
  if (runId === null) return undefined
  return db
    .selectFrom('sync_runs')
    .select(['run_id', 'purpose'])
    .where('organization_id', '=', organizationId)
    .where('run_id', '=', runId)
    .where('status', 'in', ['waiting', 'running'])
    .executeTakeFirst()
}

function addDueRun(
  tx: Transaction,
  directoryId: string,
  { is_poked: isPoked, needs_full_scan: needsFullScan }: DirectoryRow,
): Promise<string> {
  return insertRun(tx, directoryId, {
    purpose: 'sync',
    occasion: isPoked ? 'notification' : 'schedule',
    scan: needsFullScan ? 'full' : 'delta',
    cause: causeOfRun,
  })
}

async function beginWork({ db, organizationId }: Transaction, runId: string): Promise<SyncRun> {
  const row = await db
    .updateTable('sync_runs')
    .set({
      status: 'running',
      attempts: sql`attempts + 1`,
      started_at: sql`COALESCE(started_at, now())`,
      updated_at: sql`now()`,
    })
    .where('organization_id', '=', organizationId)
    .where('run_id', '=', runId)
    .returning(runColumns)
    .executeTakeFirstOrThrow()
  return toRun(row as RunRow)
}

/** What the source told until now is read by a sync that has read nothing yet; of any other it may have come behind what was read. */
async function giveLease(
  tx: Transaction,
  { directoryId, runId, purpose, phase, pages }: SyncRun,
  leaseSeconds: number,
): Promise<number> {
  const readsAll = purpose === 'sync' && phase === 'reading' && pages === 0
  const { fence, leased_until: leasedUntil } = await tx.db
    .updateTable('directory_syncs')
    .set({
      run_id: runId,
      fence: sql`fence + 1`,
      leased_until: sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`,
      begun_at: sql`clock_timestamp()`,
      ...(readsAll && { poked_at: null }),
    })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .returning(['fence', 'leased_until'])
    .executeTakeFirstOrThrow()
  await setDue(tx, directoryId, leasedUntil)
  return fence
}

async function setDue({ db, organizationId }: Transaction, directoryId: string, dueAt: Date | null): Promise<void> {
  await db
    .updateTable('sync_routes')
    .set({ due_at: dueAt })
    .where('organization_id', '=', organizationId)
    .where('directory_id', '=', directoryId)
    .execute()
}
