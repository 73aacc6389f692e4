import type { Cause } from '@muster/events'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { read, readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import { dropStage } from '../reconcile/drop-stage.ts'

/** Runs that are deleted together: each may have a million changes. */
const runsAtOnce = 5

/**
 * Deletes runs that ended before an instant, and those beyond the newest `runsMax` of a directory, with their changes and
 * problems; and whatever runs that ended, or that are gone, left on the stage; what a plan was
 * made of is there for a day. A run whose removals wait in a hold stays.
 * Answers with the number of runs deleted.
 */
export async function pruneRuns(
  database: Database,
  options: { before: Date; runsMax: number; cause: Cause },
): Promise<number> {
  const staged = await readRoutes(database, (db) => send(db, stagedRuns))
  for (const [organizationId, runs] of Map.groupBy(staged, (run) => run.organization_id)) {
    const runIds = runs.map((run) => run.run_id)
    await dropLeftStages(database, scopeTo(organizationId), runIds)
  }
  const routes = await readRoutes(database, (db) => db.selectFrom('sync_routes').selectAll().execute())
  let deleted = 0
  for (const { organization_id: organizationId, directory_id: directoryId } of routes) {
    const scope = scopeTo(organizationId)
    let count: number
    do {
      count = await deleteSomeRuns(database, scope, { directoryId, ...options })
      deleted += count
    } while (count === runsAtOnce)
  }
  return deleted
}

/** Who has rows on the stage: a probe of the index for each run, however much one has read. */
const stagedRuns = sql<{ organization_id: string; run_id: string }>`
  ${stagedIn('sync_stage_records')} UNION ${stagedIn('sync_stage_edges')}`

function stagedIn(table: 'sync_stage_records' | 'sync_stage_edges'): RawBuilder<unknown> {
  const from = sql.table(table)
  return sql`(
    WITH RECURSIVE run AS (
      (SELECT organization_id, run_id FROM ${from} ORDER BY organization_id, run_id LIMIT 1)
      UNION ALL
      SELECT next.* FROM run CROSS JOIN LATERAL (
        SELECT organization_id, run_id FROM ${from} stage
        WHERE (stage.organization_id, stage.run_id) > (run.organization_id, run.run_id)
        ORDER BY organization_id, run_id LIMIT 1) next
    )
    SELECT organization_id, run_id FROM run)`
}

async function dropLeftStages(database: Database, scope: OrganizationScope, runIds: string[]): Promise<void> {
  const alive = await read(database, scope, ({ db, organizationId }) =>
    db
      .selectFrom('sync_runs')
      .select('run_id')
      .where('organization_id', '=', organizationId)
      .where('run_id', 'in', runIds)
      .where(({ or, and, eb }) =>
        or([
          eb('status', 'in', ['waiting', 'running']),
          and([eb('purpose', '=', 'plan'), eb('finished_at', '>', sql<Date>`now() - interval '1 day'`)]),
        ]),
      )
      .execute(),
  )
  const kept = new Set(alive.map((run) => run.run_id))
  for (const runId of runIds) if (!kept.has(runId)) await dropStage(database, scope, runId)
}

function deleteSomeRuns(
  database: Database,
  scope: OrganizationScope,
  { directoryId, before, runsMax, cause }: { directoryId: string; before: Date; runsMax: number; cause: Cause },
): Promise<number> {
  return transact(database, scope, cause, async ({ db, organizationId }) => {
    const own = sql`r.organization_id = ${organizationId} AND r.directory_id = ${directoryId}`
    const rows = await send(
      db,
      sql`
      WITH old AS MATERIALIZED (
        SELECT r.run_id FROM sync_runs r
        WHERE ${own} AND r.status IN ('completed', 'failed', 'cancelled')
          AND (r.finished_at < ${before} OR r.run_id <= (
            SELECT r.run_id FROM sync_runs r WHERE ${own} ORDER BY r.run_id DESC OFFSET ${runsMax}::bigint LIMIT 1))
          AND NOT EXISTS (SELECT FROM holds h
            WHERE h.organization_id = ${organizationId} AND h.hold_id = r.hold_id AND h.status = 'open' OFFSET 0)
        ORDER BY r.run_id LIMIT ${sql.lit(runsAtOnce)}
      ), changes AS (
        DELETE FROM sync_changes c USING old WHERE c.organization_id = ${organizationId} AND c.run_id = old.run_id
      )
      DELETE FROM sync_runs r USING old
      WHERE r.organization_id = ${organizationId} AND r.run_id = old.run_id RETURNING r.run_id`,
    )
    return rows.length
  })
}
