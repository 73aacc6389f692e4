import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { Applying, Change } from './batch.ts'

/** Adds memberships whose member and group are there. No statement for none. */
export async function addEdges(
  tx: Transaction,
  { directoryId }: Pick<Applying, 'directoryId'>,
  edges: readonly Pick<Change, 'resourceId' | 'groupId'>[],
): Promise<void> {
  if (edges.length === 0) return
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await send(
    tx.db,
    sql`
    INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id, child_group_id)
    SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, parent.directory_group_id, u.directory_user_id,
      g.directory_group_id
    FROM ${edgeRows(edges)}
    CROSS JOIN LATERAL (
      SELECT directory_group_id FROM directory_groups WHERE ${here} AND directory_group_id = edge.group_id OFFSET 0) parent
    LEFT JOIN LATERAL (
      SELECT directory_user_id FROM directory_users WHERE ${here} AND directory_user_id = edge.member_id OFFSET 0) u ON true
    LEFT JOIN LATERAL (
      SELECT directory_group_id FROM directory_groups WHERE ${here} AND directory_group_id = edge.member_id OFFSET 0) g
      ON true
    WHERE u.directory_user_id IS NOT NULL OR g.directory_group_id IS NOT NULL
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
