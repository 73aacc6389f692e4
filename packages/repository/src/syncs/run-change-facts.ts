import type { Provided } from '@muster/people'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { KnownGroup } from '../reconcile/applying/known-groups.ts'
import type { KnownUser } from '../reconcile/applying/known-users.ts'
import type { SaidGroup, SaidUser } from '../reconcile/staged-page.ts'

/** What is known of a user or group that a run is about; what is not is null. */
export interface ChangeFacts {
  id: string
  /** As stored by now. */
  user: { mapped: Provided; active: boolean } | null
  groupName: string | null
  /** The person of a user. */
  userId: string | null
  sourceId: string | null
  /** What the run found, once it made its change. */
  before: Partial<KnownUser & KnownGroup> | null
  /** What the next run found that changed it. */
  next: Partial<KnownUser & KnownGroup> | null
  /** What the run read, as long as that is kept. */
  said: SaidUser | SaidGroup | null
}

/** Every step of a sync or an undo that is about users and groups themselves. */
const steps = sql`'{1,2,3,4,5}'::smallint[]`
const noGroup = '00000000-0000-0000-0000-000000000000'

export async function readChangeFacts(
  { db, organizationId }: Reader,
  { runId, directoryId }: { runId: string; directoryId: string },
  ids: readonly string[],
): Promise<Map<string, ChangeFacts>> {
  const here = sql`organization_id = ${organizationId} AND directory_id = ${directoryId}`
  const change = sql`organization_id = ${organizationId} AND step = ANY(${steps}) AND group_id = ${noGroup}::uuid
    AND resource_id = asked.id::uuid`
  const rows = await send(
    db,
    sql<ChangeFacts>`
    SELECT asked.id, CASE WHEN u.mapped IS NOT NULL THEN json_build_object('mapped', u.mapped, 'active', u.active) END AS user,
      g.display_name AS "groupName", COALESCE(link.user_id::text, own.before ->> 'userId') AS "userId",
      COALESCE(u.external_id, g.external_id, own.source_id) AS "sourceId", own.before, next.before AS next,
      staged.record AS said
    FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS asked (id)
    LEFT JOIN LATERAL (
      SELECT mapped, active, external_id FROM directory_users WHERE ${here} AND directory_user_id = asked.id::uuid
      OFFSET 0) u ON true
    LEFT JOIN LATERAL (
      SELECT display_name, external_id FROM directory_groups WHERE ${here} AND directory_group_id = asked.id::uuid
      OFFSET 0) g ON true
    LEFT JOIN LATERAL (
      SELECT user_id FROM user_links WHERE ${here} AND directory_user_id = asked.id::uuid OFFSET 0) link ON true
    LEFT JOIN LATERAL (
      SELECT kind, source_id, before FROM sync_changes WHERE ${change} AND run_id = ${runId} AND kind <> 'membership'
      OFFSET 0) own ON true
    LEFT JOIN LATERAL (
      SELECT c.before FROM (SELECT run_id FROM sync_runs WHERE ${here} AND run_id > ${runId} AND changes_done > 0
        ORDER BY run_id) later
      CROSS JOIN LATERAL (SELECT before FROM sync_changes WHERE ${change} AND run_id = later.run_id
        AND before IS NOT NULL OFFSET 0) c
      ORDER BY later.run_id LIMIT 1) next ON true
    LEFT JOIN LATERAL (
      SELECT record FROM sync_stage_records WHERE organization_id = ${organizationId} AND run_id = ${runId}
        AND kind = own.kind AND source_id = own.source_id AND effect = 'upsert'
      ORDER BY position DESC LIMIT 1) staged ON true`,
  )
  return new Map(rows.map((row) => [row.id, row]))
}
