import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Lease } from '../syncs/lease.ts'
import { resolvedEdges } from './planning/resolved-edges.ts'
import { latestRecords, ofDirectory, type RunOfDirectory } from './planning/staged.ts'
import { widely } from './wide-statements.ts'

/** How long it is known that somebody was deleted: bins of sources keep who is deleted for 30 days or less. */
const departureDays = 90

/**
 * What is left to do when all changes of a run are made, in the transaction that ends it: memberships whose member nobody knows wait
 * for it, groups whose members changed have a new version, and who departed and came back is there.
 */
export async function finishReconcile(tx: Transaction, { directoryId, runId }: Lease): Promise<void> {
  await widely(tx, async () => {
    await keepReferences(tx, { directoryId, runId })
    if (await mayWait(tx, { directoryId, runId })) await keepPending(tx, { directoryId, runId })
    await renewGroups(tx, { directoryId, runId })
    await forgetDepartures(tx, { directoryId, runId })
  })
}

/** Who is known again has not departed; nor is it remembered for ever. */
async function forgetDepartures(tx: Transaction, { directoryId }: RunOfDirectory): Promise<void> {
  await send(
    tx.db,
    sql`
    DELETE FROM source_departures gone WHERE ${ofDirectory(tx, { directoryId }, 'gone')} AND (
      gone.departed_at < now() - make_interval(days => ${departureDays}) OR EXISTS (
        SELECT FROM source_records known WHERE ${ofDirectory(tx, { directoryId }, 'known')} AND known.kind = gone.kind
          AND known.source_id = gone.source_id))`,
  )
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

/**
 * What the source calls those by now whose records it could not take in: groups go on naming them by that. Only a run with
 * problems has any.
 */
async function keepReferences(tx: Transaction, planning: RunOfDirectory): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH latest AS MATERIALIZED (
      SELECT * FROM (${latestRecords(tx, planning)}) staged WHERE reference_keys IS NOT NULL AND EXISTS (
        SELECT FROM sync_runs WHERE organization_id = ${tx.organizationId} AND run_id = ${planning.runId}
          AND problem_count > 0)
    ),
    refused AS MATERIALIZED (
      SELECT known.resource_id, known.kind = 'user' AS is_user, latest.reference_keys FROM latest
      JOIN source_records known ON ${ofDirectory(tx, planning, 'known')} AND known.kind = latest.kind
        AND known.source_id = latest.source_id
      WHERE latest.effect = 'present' OR latest.hash <> known.hash
    ),
    forgotten AS (
      DELETE FROM source_references r USING refused WHERE ${ofDirectory(tx, planning, 'r')}
        AND r.resource_id = refused.resource_id AND r.reference_key <> ALL(refused.reference_keys)
    )
    INSERT INTO source_references AS known (organization_id, directory_id, reference_key, resource_id, is_user)
    SELECT DISTINCT ON (key) ${tx.organizationId}::uuid, ${planning.directoryId}::uuid, key, resource_id, is_user
    FROM refused CROSS JOIN unnest(reference_keys) AS key ORDER BY key, resource_id
    ON CONFLICT (organization_id, reference_key, directory_id)
      DO UPDATE SET resource_id = excluded.resource_id, is_user = excluded.is_user`,
  )
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
