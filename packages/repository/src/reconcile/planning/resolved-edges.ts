import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '../../database/transaction.ts'
import { latestEdges, latestRecords, ofDirectory, plannedRecords, type RunOfDirectory } from './staged.ts'

/**
 * Common table expressions over the edges of a run, in our ids: `desired` and `dropped (group_id, member_id, is_user)`, `read_groups
 * (group_id)` of which every member was read, and `unresolved (group_id, member_key, by_reference)`, whose members nobody knows
 * yet. Memberships that waited for a member are desired as soon as it is there. Also `changed`, the records that are planned.
 */
export function resolvedEdges(tx: Transaction, planning: RunOfDirectory): RawBuilder<unknown> {
  return sql`
    latest AS MATERIALIZED (${latestRecords(tx, planning)}),
    edges AS MATERIALIZED (${latestEdges(tx, planning)}),
    changed AS MATERIALIZED (${plannedRecords(tx, planning)}),
    resources AS MATERIALIZED (
      SELECT kind, source_id, resource_id FROM source_records WHERE ${ofDirectory(tx, planning)}
        AND resource_id NOT IN (SELECT resource_id FROM changed WHERE effect = 'delete')
      UNION
      SELECT kind, source_id, resource_id FROM changed WHERE effect = 'create'
    ),
    referred AS MATERIALIZED (${referredResources(tx, planning)}),
    read_groups AS MATERIALIZED (
      SELECT resources.resource_id AS group_id FROM latest
      JOIN resources ON resources.kind = 'group' AND resources.source_id = latest.source_id
      WHERE latest.kind = 'group' AND latest.effect = 'upsert' AND latest.members = 'complete'
    ),
    named AS (
      SELECT edges.effect, groups.resource_id AS group_id, edges.member_key, edges.by_reference FROM edges
      JOIN resources groups ON groups.kind = 'group' AND groups.source_id = edges.group_source_id
      UNION ALL
      SELECT 'upsert', directory_group_id, source_key, by_reference FROM pending_memberships
      WHERE ${ofDirectory(tx, planning)}
        AND directory_group_id NOT IN (SELECT resource_id FROM changed WHERE effect = 'delete')
        AND directory_group_id NOT IN (SELECT group_id FROM read_groups)
        AND (directory_group_id, source_key, by_reference) NOT IN (
          SELECT groups.resource_id, edges.member_key, edges.by_reference FROM edges
          JOIN resources groups ON groups.kind = 'group' AND groups.source_id = edges.group_source_id
          WHERE edges.effect = 'remove')
    ),
    ids AS MATERIALIZED (
      SELECT DISTINCT ON (source_id) source_id, resource_id, kind = 'user' AS is_user FROM resources
      ORDER BY source_id, kind DESC
    ),
    resolved AS MATERIALIZED (
      SELECT DISTINCT named.effect, named.group_id, member.resource_id AS member_id, member.is_user FROM named
      JOIN ids member ON NOT named.by_reference AND member.source_id = named.member_key
      UNION
      SELECT named.effect, named.group_id, member.resource_id, member.is_user FROM named
      JOIN referred member ON named.by_reference AND member.reference_key = named.member_key
    ),
    desired AS MATERIALIZED (
      SELECT group_id, member_id, is_user FROM resolved WHERE effect = 'upsert' AND group_id <> member_id
    ),
    dropped AS (SELECT group_id, member_id FROM resolved WHERE effect = 'remove'),
    unresolved AS (
      SELECT DISTINCT named.group_id, named.member_key, named.by_reference FROM named
      LEFT JOIN ids ON NOT named.by_reference AND ids.source_id = named.member_key
      LEFT JOIN referred ON named.by_reference AND referred.reference_key = named.member_key
      WHERE named.effect = 'upsert' AND ids.source_id IS NULL AND referred.reference_key IS NULL
    )`
}

/** What references lead to: those that were just read, and of whoever was not read those that are stored. */
function referredResources(tx: Transaction, planning: RunOfDirectory): RawBuilder<unknown> {
  return sql`
    SELECT DISTINCT ON (reference_key) reference_key, resource_id, is_user FROM (
      SELECT unnest(latest.reference_keys) AS reference_key, resources.resource_id, latest.kind = 'user' AS is_user,
        1 AS rank
      FROM latest JOIN resources USING (kind, source_id) WHERE latest.reference_keys IS NOT NULL
      UNION ALL
      SELECT known.reference_key, known.resource_id, known.is_user, 2 FROM source_references known
      JOIN resources ON resources.resource_id = known.resource_id
      LEFT JOIN latest ON latest.kind = resources.kind AND latest.source_id = resources.source_id
        AND latest.reference_keys IS NOT NULL
      WHERE ${ofDirectory(tx, planning, 'known')} AND latest.source_id IS NULL
    ) known ORDER BY reference_key, rank, resource_id`
}
