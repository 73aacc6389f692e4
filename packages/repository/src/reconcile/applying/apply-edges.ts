import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { Applying, Change } from './batch.ts'

/**
 * Adds memberships whose member and group are there, each looked up once. No statement for none. `IS TRUE` has the groups hashed:
 * joined, a planner that takes them for few goes through all of them for every membership.
 */
export async function addEdges(
  tx: Transaction,
  { directoryId }: Pick<Applying, 'directoryId'>,
  edges: readonly Pick<Change, 'resourceId' | 'groupId'>[],
): Promise<void> {
  if (edges.length === 0) return
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  const given = [...Map.groupBy(edges, ({ resourceId }) => resourceId)].map(([memberId, own]) => ({
    member_id: memberId,
    group_ids: own.map(({ groupId }) => groupId),
  }))
  await send(
    tx.db,
    sql`
    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(given)}) AS given (member_id uuid, group_ids uuid[])
    ), parents AS MATERIALIZED (
      SELECT found.directory_group_id FROM (SELECT DISTINCT unnest(group_ids) AS group_id FROM given) asked
      CROSS JOIN LATERAL (
        SELECT directory_group_id FROM directory_groups WHERE ${here} AND directory_group_id = asked.group_id OFFSET 0) found
    )
    INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id, child_group_id)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, edge.group_id, u.directory_user_id, g.directory_group_id
    FROM given
    LEFT JOIN LATERAL (
      SELECT directory_user_id FROM directory_users WHERE ${here} AND directory_user_id = given.member_id OFFSET 0) u ON true
    LEFT JOIN LATERAL (
      SELECT directory_group_id FROM directory_groups WHERE ${here} AND directory_group_id = given.member_id OFFSET 0) g
      ON true
    CROSS JOIN LATERAL unnest(given.group_ids) AS edge (group_id)
    WHERE (u.directory_user_id IS NOT NULL OR g.directory_group_id IS NOT NULL)
      AND (edge.group_id IN (SELECT directory_group_id FROM parents)) IS TRUE
    ON CONFLICT (organization_id, directory_id, directory_group_id, member_id) DO NOTHING`,
  )
}

/** Takes memberships away; one that is not there is no error. Rows are deleted by their place, see settleMemberships. */
export async function removeEdges(
  tx: Transaction,
  { directoryId }: Pick<Applying, 'directoryId'>,
  edges: readonly Pick<Change, 'resourceId' | 'groupId'>[],
): Promise<void> {
  if (edges.length === 0) return
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await send(
    tx.db,
    sql`
    WITH found AS MATERIALIZED (
      SELECT member.place FROM ${edgeRows(edges)}
      CROSS JOIN LATERAL (
        SELECT ctid AS place FROM memberships WHERE ${here} AND directory_group_id = edge.group_id
          AND member_id = edge.member_id FOR UPDATE) member
    )
    DELETE FROM memberships WHERE ${here} AND ctid = ANY(ARRAY(SELECT place FROM found))`,
  )
}

function edgeRows(edges: readonly Pick<Change, 'resourceId' | 'groupId'>[]): RawBuilder<unknown> {
  const rows = edges.map(({ resourceId, groupId }) => ({ member_id: resourceId, group_id: groupId }))
  return sql`json_to_recordset(${JSON.stringify(rows)}) AS edge (member_id uuid, group_id uuid)`
}
