import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { Planning } from './planning.ts'
import { resolvedEdges } from './resolved-edges.ts'
import { ofDirectory } from './staged.ts'

/**
 * Writes down which memberships are new and which have ended. They end when the source says so, or when all members of the group
 * were read and this one was not among them; those of a user who is missing stay until the user is deleted.
 */
export async function planEdges(tx: Transaction, planning: Planning): Promise<void> {
  const own = sql`${tx.organizationId}::uuid, ${planning.runId}::uuid`
  await send(
    tx.db,
    sql`
    WITH ${resolvedEdges(tx, planning)},
    present AS MATERIALIZED (
      SELECT directory_group_id AS group_id, member_id, directory_user_id IS NOT NULL AS is_user FROM memberships
      WHERE ${ofDirectory(tx, planning)}
    ),
    staying AS MATERIALIZED (
      SELECT resource_id FROM source_records WHERE ${ofDirectory(tx, planning)} AND kind = 'user' AND missed_scans > 0
        AND resource_id NOT IN (SELECT resource_id FROM changed WHERE effect IN ('update', 'return'))
      UNION SELECT resource_id FROM changed WHERE kind = 'user' AND effect IN ('deactivate', 'delete')
    ),
    added AS (
      SELECT d.group_id, d.member_id, d.is_user, 'add' AS effect FROM desired d
      LEFT JOIN present p ON p.group_id = d.group_id AND p.member_id = d.member_id WHERE p.member_id IS NULL
    ),
    ended AS (
      SELECT p.group_id, p.member_id, p.is_user, 'remove' AS effect FROM present p
      JOIN read_groups ON read_groups.group_id = p.group_id
      LEFT JOIN desired d ON d.group_id = p.group_id AND d.member_id = p.member_id
      WHERE d.member_id IS NULL AND p.member_id NOT IN (SELECT resource_id FROM staying)
      UNION
      SELECT p.group_id, p.member_id, p.is_user, 'remove' FROM present p
      JOIN dropped ON dropped.group_id = p.group_id AND dropped.member_id = p.member_id
    ),
    noted AS (
      UPDATE sync_runs SET has_unresolved = EXISTS (SELECT FROM unresolved)
      WHERE organization_id = ${tx.organizationId} AND run_id = ${planning.runId}
    )
    INSERT INTO sync_changes (organization_id, run_id, step, resource_id, group_id, kind, effect)
    SELECT ${own}, CASE WHEN is_user THEN 3 ELSE 2 END, member_id, group_id, 'membership', effect
    FROM (SELECT * FROM added UNION ALL SELECT * FROM ended) edges ORDER BY 3, 4, 5`,
  )
}
