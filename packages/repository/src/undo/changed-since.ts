import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import type { SyncEffect } from '../sync-tables.ts'
import type { Undoing } from './undoing.ts'

/** What a change is about. */
type Target = Pick<Change, 'resourceId' | 'groupId'>

export function targetKey({ resourceId, groupId }: Target): string {
  return `${resourceId} ${groupId}`
}

/**
 * What later syncs did last to users, groups and memberships, by `targetKey`; what was taken back since does not count. No
 * statement when there were none.
 */
export async function changedSince(
  tx: Transaction,
  { later }: Undoing,
  targets: readonly Target[],
): Promise<Map<string, SyncEffect>> {
  if (later.length === 0 || targets.length === 0) return new Map()
  const asked = targets.map(({ resourceId, groupId }) => ({ resource_id: resourceId, group_id: groupId }))
  const rows = await send(
    tx.db,
    sql<Target & { effect: SyncEffect }>`
    SELECT asked.resource_id AS "resourceId", asked.group_id AS "groupId", last.effect
    FROM json_to_recordset(${JSON.stringify(asked)}) AS asked (resource_id uuid, group_id uuid)
    CROSS JOIN LATERAL (
      SELECT c.effect FROM json_to_recordset(${JSON.stringify(later)}) AS run (run_id uuid, undone_by uuid,
        after_step smallint, after_resource_id uuid, after_group_id uuid)
      CROSS JOIN LATERAL (
        SELECT effect FROM sync_changes WHERE organization_id = ${tx.organizationId} AND run_id = run.run_id
          AND step = ANY('{1,2,3,4}'::smallint[]) AND resource_id = asked.resource_id AND group_id = asked.group_id
          AND (step, resource_id, group_id) <= (run.after_step, run.after_resource_id, run.after_group_id)
        OFFSET 0) c
      WHERE NOT EXISTS (SELECT FROM sync_changes u WHERE u.organization_id = ${tx.organizationId}
        AND u.run_id = run.undone_by AND u.step = ANY('{1,2,3,4,5}'::smallint[]) AND u.resource_id = asked.resource_id
        AND u.group_id = asked.group_id OFFSET 0)
      ORDER BY run.run_id DESC LIMIT 1) last`,
  )
  return new Map(rows.map((row) => [targetKey(row), row.effect]))
}
