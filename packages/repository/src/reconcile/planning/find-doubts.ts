import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { ofDirectory, type RunOfDirectory } from './staged.ts'

/**
 * Whether a delta has somebody come back of whom nobody knows the memberships: a user who was missing and still has some, of which any
 * may have ended meanwhile; or a user or group that was deleted since everything was read last, with all that it had. Groups that
 * name it need not have changed at the source, and are not read again for it.
 */
export async function findsDoubts(tx: Transaction, planning: RunOfDirectory): Promise<boolean> {
  const rows = await send(
    tx.db,
    sql`
    WITH planned AS MATERIALIZED (
      SELECT kind, effect, source_id, resource_id FROM sync_changes WHERE organization_id = ${tx.organizationId}
        AND run_id = ${planning.runId} AND effect IN ('create', 'update', 'return')
    ),
    earlier AS MATERIALIZED (
      SELECT r.run_id FROM sync_runs r
      JOIN directory_syncs s ON ${ofDirectory(tx, planning, 's')} AND r.finished_at > s.full_scan_at
      WHERE ${ofDirectory(tx, planning, 'r')} AND r.purpose <> 'plan'
        AND r.change_counts ?| ARRAY['user.delete', 'group.delete'] AND EXISTS (SELECT FROM planned WHERE effect = 'create')
    )
    SELECT FROM planned
    JOIN source_records known ON ${ofDirectory(tx, planning, 'known')} AND known.resource_id = planned.resource_id
    JOIN memberships m ON ${ofDirectory(tx, planning, 'm')} AND m.directory_user_id = planned.resource_id
    WHERE planned.effect IN ('update', 'return') AND known.missed_scans > 0
    UNION ALL
    SELECT FROM planned
    JOIN sync_changes gone ON gone.kind = planned.kind AND gone.source_id = planned.source_id
    WHERE planned.effect = 'create' AND gone.organization_id = ${tx.organizationId} AND gone.effect = 'delete'
      AND gone.run_id IN (SELECT run_id FROM earlier)
    LIMIT 1`,
  )
  return rows.length > 0
}
