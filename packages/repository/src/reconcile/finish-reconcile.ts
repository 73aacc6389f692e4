import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Lease } from '../syncs/lease.ts'
import { resolvedEdges } from './planning/resolved-edges.ts'
import { ofDirectory, type RunOfDirectory } from './planning/staged.ts'
import { widely } from './wide-statements.ts'

/**
 * What is left to do when all changes of a run are made, in the transaction that ends it: memberships whose member nobody knows wait
 * for it, and groups whose members changed have a new version.
 */
export async function finishReconcile(tx: Transaction, { directoryId, runId }: Lease): Promise<void> {
  await widely(tx, async () => {
    if (await mayWait(tx, { directoryId, runId })) await keepPending(tx, { directoryId, runId })
    await renewGroups(tx, { directoryId, runId })
  })
}

/** Groups whose members a run changed have a new version. */
export async function renewGroups(tx: Transaction, { directoryId, runId }: RunOfDirectory): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH changed AS MATERIALIZED (
      SELECT DISTINCT group_id FROM sync_changes WHERE organization_id = ${tx.organizationId} AND run_id = ${runId}
        AND kind = 'membership'
    ), locked AS MATERIALIZED (
      SELECT directory_group_id FROM directory_groups WHERE ${ofDirectory(tx, { directoryId })}
        AND directory_group_id IN (SELECT group_id FROM changed) ORDER BY directory_group_id FOR NO KEY UPDATE
    )
    UPDATE directory_groups g SET version = g.version + 1, updated_at = now() FROM locked
    WHERE ${ofDirectory(tx, { directoryId }, 'g')} AND g.directory_group_id = locked.directory_group_id`,
  )
}

/** Whether any membership waits, or waited; else what was read need not be gone through once more. */
async function mayWait(tx: Transaction, { directoryId, runId }: RunOfDirectory): Promise<boolean> {
  const rows = await send(
    tx.db,
    sql`
    SELECT FROM sync_runs WHERE organization_id = ${tx.organizationId} AND run_id = ${runId} AND (has_unresolved
      OR EXISTS (SELECT FROM pending_memberships WHERE ${ofDirectory(tx, { directoryId })}))`,
  )
  return rows.length > 0
}

/** Of groups that were read whole, those that wait are the ones of this run; of others they become more, or arrive. */
async function keepPending(tx: Transaction, planning: { directoryId: string; runId: string }): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH ${resolvedEdges(tx, planning)},
    waiting AS MATERIALIZED (SELECT * FROM unresolved),
    arrived AS (
      DELETE FROM pending_memberships p WHERE ${ofDirectory(tx, planning, 'p')}
        AND NOT EXISTS (SELECT FROM waiting w WHERE w.group_id = p.directory_group_id AND w.member_key = p.source_key)
    )
    INSERT INTO pending_memberships (organization_id, directory_id, directory_group_id, source_key, by_reference)
    SELECT ${tx.organizationId}::uuid, ${planning.directoryId}::uuid, w.group_id, w.member_key, w.by_reference
    FROM waiting w JOIN directory_groups g ON ${ofDirectory(tx, planning, 'g')} AND g.directory_group_id = w.group_id
    ON CONFLICT (organization_id, directory_id, directory_group_id, source_key) DO NOTHING`,
  )
}
