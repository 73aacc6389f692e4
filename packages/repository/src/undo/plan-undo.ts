import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { endPlanning } from '../reconcile/planning/plan-run.ts'
import { ofDirectory } from '../reconcile/planning/staged.ts'
import { widely } from '../reconcile/wide-statements.ts'
import { type Lease, withLease } from '../syncs/lease.ts'

/** The run that takes back, the one that is taken back, and their directory. */
interface PlannedUndo {
  runId: string
  directoryId: string
  undoneRunId: string
}

/**
 * Writes down what takes a run back: the opposite of each of its changes, in an order in which everything finds what it refers
 * to. Memberships that ended with a user or group come back with it; those of whoever goes again are not listed. Nothing is
 * changed yet. Does nothing when it was done before.
 * @throws LeaseLost
 */
export async function planUndo(database: Database, lease: Lease): Promise<void> {
  await withLease(database, lease, async (tx) => {
    const { directoryId, runId } = lease
    const undoneRunId = await findUndone(tx, runId)
    if (undoneRunId === undefined) return
    const planned = { runId, directoryId, undoneRunId }
    await widely(tx, async () => {
      await planOpposites(tx, planned)
      await planReturningEdges(tx, planned)
      await uncountMisses(tx, planned)
      await endPlanning(tx, { runId, purpose: 'undo' })
    })
  })
}

/** Undefined when it is planned already. @throws when that run is none that can be undone: whoever asked saw to that */
async function findUndone(tx: Transaction, runId: string): Promise<string | undefined> {
  const [row] = await send(
    tx.db,
    sql<{ phase: string; undone_run_id: string; can_be_undone: boolean }>`
    SELECT r.phase, undone.run_id AS undone_run_id,
      undone.purpose = 'sync' AND undone.status = 'completed' AND undone.undone_by IS NULL AS can_be_undone
    FROM sync_runs r JOIN sync_runs undone ON undone.organization_id = ${tx.organizationId}
      AND undone.run_id = r.undoes_run_id AND undone.directory_id = r.directory_id
    WHERE r.organization_id = ${tx.organizationId} AND r.run_id = ${runId} AND r.purpose = 'undo'`,
  )
  if (row === undefined) throw new Error('The run that is to be undone is gone')
  if (row.phase !== 'reading' && row.phase !== 'planning') return undefined
  if (!row.can_be_undone) throw new Error('The run cannot be undone')
  return row.undone_run_id
}

/**
 * 1: groups that come back, or are what they were. 2: users, the same, with their memberships. 3: users who were new. 4: groups
 * inside groups. 5: groups that were new.
 */
async function planOpposites(tx: Transaction, { runId, undoneRunId }: PlannedUndo): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH undone AS MATERIALIZED (
      SELECT step, resource_id, group_id, kind, effect, source_id FROM sync_changes
      WHERE organization_id = ${tx.organizationId} AND run_id = ${undoneRunId}
    ),
    created AS MATERIALIZED (SELECT resource_id FROM undone WHERE effect = 'create')
    INSERT INTO sync_changes (organization_id, run_id, step, resource_id, group_id, kind, effect, source_id)
    SELECT ${tx.organizationId}::uuid, ${runId}::uuid, CASE
        WHEN kind = 'group' THEN CASE WHEN effect = 'create' THEN 5 ELSE 1 END
        WHEN kind = 'membership' THEN CASE WHEN step = 2 THEN 4 ELSE 2 END
        WHEN effect = 'create' THEN 3 ELSE 2 END,
      resource_id, group_id, kind, CASE effect WHEN 'create' THEN 'delete' WHEN 'delete' THEN 'create'
        WHEN 'deactivate' THEN 'return' WHEN 'return' THEN 'deactivate' WHEN 'add' THEN 'remove' WHEN 'remove' THEN 'add'
        ELSE effect END, source_id
    FROM undone
    WHERE kind <> 'membership' OR resource_id NOT IN (SELECT resource_id FROM created)
      AND group_id NOT IN (SELECT resource_id FROM created)`,
  )
}

async function planReturningEdges(tx: Transaction, planned: PlannedUndo): Promise<void> {
  const { runId, undoneRunId } = planned
  const deleted = sql`organization_id = ${tx.organizationId} AND run_id = ${undoneRunId} AND effect = 'delete'`
  await send(
    tx.db,
    sql`
    WITH deleted AS MATERIALIZED (SELECT kind, resource_id, before FROM sync_changes WHERE ${deleted}),
    edges AS (
      SELECT resource_id AS member_id, joined.id::uuid AS group_id FROM deleted
        CROSS JOIN LATERAL jsonb_array_elements_text(before -> 'groupIds') AS joined (id) WHERE kind = 'user'
      UNION
      SELECT member.id::uuid, resource_id FROM deleted
        CROSS JOIN LATERAL jsonb_array_elements_text(before -> 'memberIds') AS member (id) WHERE kind = 'group'
      UNION
      SELECT resource_id, parent.id::uuid FROM deleted
        CROSS JOIN LATERAL jsonb_array_elements_text(before -> 'parentIds') AS parent (id) WHERE kind = 'group'
    ),
    inner_groups AS MATERIALIZED (
      SELECT resource_id AS id FROM deleted WHERE kind = 'group'
      UNION SELECT directory_group_id FROM directory_groups WHERE ${ofDirectory(tx, planned)}
    )
    INSERT INTO sync_changes (organization_id, run_id, step, resource_id, group_id, kind, effect)
    SELECT ${tx.organizationId}::uuid, ${runId}::uuid,
      CASE WHEN member_id IN (SELECT id FROM inner_groups) THEN 4 ELSE 2 END, member_id, group_id, 'membership', 'add'
    FROM edges
    ON CONFLICT (organization_id, run_id, step, resource_id, group_id) DO NOTHING`,
  )
}

/** Whoever was missing from one more complete scan by that run, and stayed as it was, has been missing from one less. */
async function uncountMisses(tx: Transaction, planned: PlannedUndo): Promise<void> {
  await send(
    tx.db,
    sql`
    UPDATE source_records known SET missed_scans = known.missed_scans - 1
    FROM sync_runs undone
    WHERE undone.organization_id = ${tx.organizationId} AND undone.run_id = ${planned.undoneRunId}
      AND undone.complete = 'all' AND ${ofDirectory(tx, planned, 'known')} AND known.kind = 'user'
      AND known.missed_scans > 1 AND NOT EXISTS (SELECT FROM sync_changes c
        WHERE c.organization_id = ${tx.organizationId} AND c.run_id = ${planned.undoneRunId} AND c.step = 3
          AND c.resource_id = known.resource_id AND c.kind = 'user')`,
  )
}
