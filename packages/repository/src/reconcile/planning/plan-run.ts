import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { SyncPurpose, SyncScan } from '../../sync-tables.ts'
import { type Lease, withLease } from '../../syncs/lease.ts'
import { widely } from '../wide-statements.ts'
import { findsDoubts } from './find-doubts.ts'
import { planEdges } from './plan-edges.ts'
import { planNames } from './plan-names.ts'
import { noteMisses, planRecords } from './plan-records.ts'
import type { Planning } from './planning.ts'

/**
 * Compares what a run has read with what the directory has, and writes down every change that makes the directory what the
 * source says: records by their content, names that two want, memberships. Nothing is changed yet. Does nothing when
 * it was done before. Answers whether that could be done: of whom a delta brings back nobody may know the memberships, and then
 * everything must be read.
 * @throws LeaseLost
 */
export async function planRun(database: Database, lease: Lease): Promise<'planned' | 'needsFullScan'> {
  const attempt = withLease(database, lease, async (tx) => {
    const planning = await beginPlanning(tx, lease)
    if (planning === undefined) return
    await widely(tx, () => plan(tx, planning))
  })
  try {
    await attempt
    return 'planned'
  } catch (error) {
    if (error instanceof Doubt) return 'needsFullScan'
    throw error
  }
}

async function plan(tx: Transaction, planning: Planning): Promise<void> {
  await planRecords(tx, planning)
  if (planning.scan === 'delta' && (await findsDoubts(tx, planning))) throw new Doubt()
  await planNames(tx, planning)
  await planEdges(tx, planning)
  if (planning.purpose === 'sync') await noteMisses(tx, planning)
  await endPlanning(tx, planning)
}

/** Takes back what was planned. */
class Doubt extends Error {}

/** Undefined when there is nothing left to plan. @throws when the source was not read to its end */
async function beginPlanning(tx: Transaction, { directoryId, runId }: Lease): Promise<Planning | undefined> {
  const [row] = await send(
    tx.db,
    sql<{ purpose: SyncPurpose; scan: SyncScan; phase: string; complete: string | null; delete_after_scans: number }>`
    SELECT r.purpose, r.scan, r.phase, r.complete, s.delete_after_scans FROM sync_runs r
    CROSS JOIN LATERAL (
      SELECT delete_after_scans FROM directory_syncs WHERE organization_id = ${tx.organizationId}
        AND directory_id = ${directoryId} OFFSET 0) s
    WHERE r.organization_id = ${tx.organizationId} AND r.run_id = ${runId}`,
  )
  if (row === undefined || !['reading', 'planning'].includes(row.phase)) return undefined
  // Whoever calls has seen to that; nobody is to be taken for missing by a mistake of ours.
  if (row.complete === null || (row.scan === 'full' && row.complete !== 'all')) {
    throw new Error('A run that was not read to its end cannot be planned')
  }
  const { purpose, scan, complete, delete_after_scans: deleteAfterScans } = row
  return { runId, directoryId, purpose, scan, readAll: complete === 'all', deleteAfterScans }
}

/** Counts what is planned; what is not only a plan goes on to be made. */
export async function endPlanning(
  tx: Transaction,
  { runId, purpose }: Pick<Planning, 'runId' | 'purpose'>,
): Promise<void> {
  await send(
    tx.db,
    sql`
    UPDATE sync_runs SET phase = ${purpose === 'plan' ? 'done' : 'applying'}, changes_total = counted.total,
      change_counts = counted.counts, updated_at = now()
    FROM (
      SELECT COALESCE(sum(changes), 0) AS total, COALESCE(jsonb_object_agg(kind || '.' || effect, changes), '{}') AS counts
      FROM (SELECT kind, effect, count(*) AS changes FROM sync_changes WHERE organization_id = ${tx.organizationId}
        AND run_id = ${runId} GROUP BY kind, effect) of_kind
    ) counted
    WHERE organization_id = ${tx.organizationId} AND run_id = ${runId}`,
  )
}
