import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { SyncEffect } from '../../sync-tables.ts'

/** A change that a run is to make, by its place among them. */
export interface Change {
  step: number
  resourceId: string
  /** Of a membership; of anything else the UUID of zeros. */
  groupId: string
  kind: 'user' | 'group' | 'membership'
  effect: SyncEffect
  sourceId: string | null
}

/** Which run changes are made for, and where removals wait until it is judged. */
export interface Applying {
  runId: string
  directoryId: string
  staged: { users: string; groups: string; memberships: string }
}

/** Changes that one transaction makes at most, and users that it settles: about a second's work. */
const changesTogether = 5_000
const resourcesTogether = 1_000

/** The next changes behind the last one made, all of one step; none when all are made. */
export async function nextBatch(tx: Transaction, { runId }: Pick<Applying, 'runId'>): Promise<Change[]> {
  const rows = await send(
    tx.db,
    sql<Change>`
    SELECT c.step, c.resource_id AS "resourceId", c.group_id AS "groupId", c.kind, c.effect, c.source_id AS "sourceId"
    FROM sync_runs r CROSS JOIN LATERAL (
      SELECT * FROM sync_changes WHERE organization_id = ${tx.organizationId} AND run_id = ${runId}
        AND (step, resource_id, group_id) > (r.after_step, r.after_resource_id, r.after_group_id)
      ORDER BY step, resource_id, group_id LIMIT ${changesTogether}) c
    WHERE r.organization_id = ${tx.organizationId} AND r.run_id = ${runId}
    ORDER BY c.step, c.resource_id, c.group_id`,
  )
  const ofStep = rows.filter((row) => row.step === rows[0]?.step)
  const resources = [...new Set(ofStep.map((row) => row.resourceId))].slice(0, resourcesTogether)
  const taken = new Set(resources)
  return ofStep.filter((row) => taken.has(row.resourceId))
}

/** Notes how far the changes of a run are made. */
export async function noteDone(
  tx: Transaction,
  { runId }: Pick<Applying, 'runId'>,
  batch: readonly Change[],
): Promise<void> {
  const last = batch.at(-1)
  if (last === undefined) return
  await send(
    tx.db,
    sql`
    UPDATE sync_runs SET changes_done = changes_done + ${batch.length}, after_step = ${last.step},
      after_resource_id = ${last.resourceId}, after_group_id = ${last.groupId}, updated_at = now()
    WHERE organization_id = ${tx.organizationId} AND run_id = ${runId}`,
  )
}
