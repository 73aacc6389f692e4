import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { type StoredGroup, type StoredRow, toStoredGroup } from '../../directory-groups/stored-group.ts'

/** A directory group as it stands, and what its source said last. */
export interface KnownGroup {
  group: StoredGroup
  /** Its direct members, users and groups, and the groups that it is in itself. */
  memberIds: string[]
  parentIds: string[]
  source: { sourceId: string; hash: string; references: string[] } | null
}

interface KnownRow extends StoredRow {
  member_ids: string[]
  parent_ids: string[]
  source: KnownGroup['source']
}

/**
 * Locks groups until the end of the transaction, in order of id, and reads what could be needed to make them what they are; edges only when
 * asked, since there may be many.
 */
export async function lockKnownGroups(
  tx: Transaction,
  directoryId: string,
  groupIds: readonly string[],
  { withEdges = false }: { withEdges?: boolean } = {},
): Promise<Map<string, KnownGroup>> {
  if (groupIds.length === 0) return new Map()
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  const rows = await send(
    tx.db,
    sql<KnownRow>`
    SELECT g.*, member.ids AS member_ids, parent.ids AS parent_ids, source.said AS source
    FROM (
      SELECT DISTINCT id::uuid AS id FROM json_array_elements_text(${JSON.stringify(groupIds)}::json) AS given (id)
      ORDER BY id
    ) asked
    CROSS JOIN LATERAL (
      SELECT * FROM directory_groups WHERE ${here} AND directory_group_id = asked.id FOR NO KEY UPDATE) g
    CROSS JOIN LATERAL (
      SELECT COALESCE(json_agg(member_id), '[]') AS ids FROM memberships
      WHERE ${here} AND directory_group_id = asked.id AND ${withEdges}::boolean) member
    CROSS JOIN LATERAL (
      SELECT COALESCE(json_agg(directory_group_id), '[]') AS ids FROM memberships
      WHERE ${here} AND child_group_id = asked.id AND ${withEdges}::boolean) parent
    LEFT JOIN LATERAL (
      SELECT json_build_object('sourceId', source_id, 'hash', hash,
        'references', (SELECT COALESCE(json_agg(reference_key), '[]') FROM source_references r
          WHERE r.resource_id = asked.id AND r.organization_id = ${tx.organizationId})) AS said
      FROM source_records s WHERE s.resource_id = asked.id AND s.organization_id = ${tx.organizationId}
      OFFSET 0) source ON true`,
  )
  return new Map(
    rows.map((row) => [
      row.directory_group_id,
      { group: toStoredGroup(row), memberIds: row.member_ids, parentIds: row.parent_ids, source: row.source },
    ]),
  )
}
