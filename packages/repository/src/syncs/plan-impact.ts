import { judge, type Removals } from '@muster/people'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { countsOf } from '../listing/directory-counts.ts'
import { loadBasis } from '../settings/plan-basis.ts'
import type { RemovalKind } from '../tables.ts'
import { findRun } from './list-runs.ts'

/** What a run would take away, of how much, and which kinds of it the guard would hold. */
export interface RunImpact extends Record<RemovalKind, Removals> {
  wouldHold: RemovalKind[]
}

/**
 * Estimates what the guard would say of a plan, from the directory layer: users who count for somebody and would not any more,
 * groups, direct memberships. What filters and groups inside groups make of it shows when the changes are made. Undefined when
 * there is no such run.
 */
export async function planImpact(reader: Reader, runId: string): Promise<RunImpact | undefined> {
  const run = await findRun(reader, runId)
  if (run === undefined) return undefined
  const counts = await countsOf(reader, run.directoryId)
  const basis = await loadBasis(reader, { directoryId: run.directoryId })
  const impact = {
    users: { removals: await countLeaving(reader, run), population: counts.activeUsers },
    groups: { removals: run.changeCounts['group.delete'] ?? 0, population: counts.groups },
    memberships: { removals: run.changeCounts['membership.remove'] ?? 0, population: counts.memberships },
  }
  const settings = basis?.affected.get(run.directoryId)
  return { ...impact, wouldHold: settings === undefined ? [] : judge(settings.guard, impact) }
}

/** Missing, gone, or disabled at the source; who does not count now, or waits already, loses nothing. */
async function countLeaving(
  { db, organizationId }: Reader,
  { runId, directoryId }: { runId: string; directoryId: string },
): Promise<number> {
  const [row] = await send(
    db,
    sql<{ leaving: number }>`
    SELECT count(*) AS leaving FROM sync_changes c
    CROSS JOIN LATERAL (
      SELECT FROM user_links WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = c.resource_id AND active AND hold_id IS NULL OFFSET 0) link
    LEFT JOIN LATERAL (
      SELECT record ->> 'active' = 'false' AS is_disabled FROM sync_stage_records
      WHERE organization_id = ${organizationId} AND run_id = ${runId} AND kind = 'user' AND source_id = c.source_id
        AND effect = 'upsert' ORDER BY position DESC LIMIT 1) staged ON c.effect = 'update'
    WHERE c.organization_id = ${organizationId} AND c.run_id = ${runId} AND c.step = 3 AND c.kind = 'user'
      AND (c.effect IN ('deactivate', 'delete') OR staged.is_disabled)`,
  )
  return row?.leaving ?? 0
}
