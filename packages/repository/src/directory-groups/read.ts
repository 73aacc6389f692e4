import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { everything, type IdCondition } from '../filters/condition.ts'

/** A group as stored, its document as JSON text. */
export interface DirectoryGroupRow {
  directoryGroupId: string
  documentText: string
  version: number
  createdAt: Date
  updatedAt: Date
  /** Undefined when they were not asked for. */
  members: GroupMember[] | undefined
}

export interface GroupMember {
  value: string
  type: 'User' | 'Group'
  display: string | null
}

interface SelectedRow {
  directory_group_id: string
  document: string
  version: number
  created_at: Date
  updated_at: Date
  members: GroupMember[] | null
}

const memberList = sql`(
  SELECT json_agg(json_build_object('value', m.member_id,
      'type', CASE WHEN m.child_group_id IS NULL THEN 'User' ELSE 'Group' END,
      'display', COALESCE(child.display_name, u.resource ->> 'displayName', u.resource ->> 'userName'))
    ORDER BY m.member_id)
  FROM memberships m
  LEFT JOIN directory_users u USING (organization_id, directory_id, directory_user_id)
  LEFT JOIN directory_groups child ON child.organization_id = m.organization_id
    AND child.directory_id = m.directory_id AND child.directory_group_id = m.child_group_id
  WHERE m.organization_id = g.organization_id AND m.directory_id = g.directory_id
    AND m.directory_group_id = g.directory_group_id)`

function groupColumns(withMembers: boolean): RawBuilder<unknown> {
  return sql`g.directory_group_id, g.resource::text AS document, g.version, g.created_at, g.updated_at,
    ${withMembers ? memberList : sql`NULL::json`} AS members`
}

/** One group; without members its cost does not depend on their number. */
export async function findDirectoryGroup(
  reader: Reader,
  directoryId: string,
  directoryGroupId: string,
  options: { withMembers: boolean },
): Promise<DirectoryGroupRow | undefined> {
  const { rows } = await sql<SelectedRow>`
    SELECT ${groupColumns(options.withMembers)} FROM directory_groups g
    WHERE g.organization_id = ${reader.organizationId} AND g.directory_id = ${directoryId}
      AND g.directory_group_id = ${directoryGroupId}`.execute(reader.db)
  return rows[0] && toRow(rows[0], options.withMembers)
}

/** A page of groups in order of creation, and how many match in all. */
export async function listDirectoryGroups(
  reader: Reader,
  directoryId: string,
  options: { condition: IdCondition; offset: number; limit: number; withMembers: boolean },
): Promise<{ total: number; rows: DirectoryGroupRow[] }> {
  const matching = sql`FROM directory_groups g
    WHERE g.organization_id = ${reader.organizationId} AND g.directory_id = ${directoryId}
      AND (${options.condition({ organizationId: reader.organizationId, directoryId })})`
  // Those that a filter selects are found first and put in order then; all are walked through in order.
  const candidates =
    options.condition === everything ? matching : sql`FROM (SELECT g.directory_group_id ${matching} OFFSET 0) g`
  const page = sql<SelectedRow>`
    SELECT ${groupColumns(options.withMembers)}
    FROM (SELECT g.directory_group_id ${candidates}
      ORDER BY g.directory_group_id OFFSET ${options.offset} LIMIT ${options.limit}) page
    CROSS JOIN LATERAL (
      SELECT * FROM directory_groups WHERE organization_id = ${reader.organizationId} AND directory_id = ${directoryId}
        AND directory_group_id = page.directory_group_id OFFSET 0) g
    ORDER BY g.directory_group_id`
  const count = sql<{ total: number }>`SELECT count(*) AS total ${matching}`
  const [counted, selected] = await Promise.all([
    count.execute(reader.db),
    options.limit === 0 ? { rows: [] } : page.execute(reader.db),
  ])
  return {
    total: counted.rows[0]?.total ?? 0,
    rows: selected.rows.map((row) => toRow(row, options.withMembers)),
  }
}

function toRow(row: SelectedRow, withMembers: boolean): DirectoryGroupRow {
  return {
    directoryGroupId: row.directory_group_id,
    documentText: row.document,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    members: withMembers ? (row.members ?? []) : undefined,
  }
}
