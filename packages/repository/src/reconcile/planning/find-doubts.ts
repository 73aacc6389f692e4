import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { ofDirectory, type RunOfDirectory } from './staged.ts'

/**
 * Whether a delta has somebody come back of whom nobody knows the memberships: a user who was missing and still has some, of which any
 * may have ended meanwhile; or a user or group that was deleted, with all that it had. Groups that name it need not have changed at the
 * source, and are not read again for it.
 */
export async function findsDoubts(tx: Transaction, planning: RunOfDirectory): Promise<boolean> {
  const rows = await send(
    tx.db,
    sql`
    WITH planned AS MATERIALIZED (
      SELECT kind, effect, source_id, resource_id FROM sync_changes WHERE organization_id = ${tx.organizationId}
        AND run_id = ${planning.runId} AND effect IN ('create', 'update', 'return')
    )
    SELECT FROM planned
    JOIN source_records known ON ${ofDirectory(tx, planning, 'known')} AND known.resource_id = planned.resource_id
    JOIN memberships m ON ${ofDirectory(tx, planning, 'm')} AND m.directory_user_id = planned.resource_id
    WHERE planned.effect IN ('update', 'return') AND known.missed_scans > 0
    UNION ALL
    SELECT FROM planned
    JOIN source_departures gone ON ${ofDirectory(tx, planning, 'gone')} AND gone.kind = planned.kind
      AND gone.source_id = planned.source_id
    WHERE planned.effect = 'create'
    LIMIT 1`,
  )
  return rows.length > 0
}
