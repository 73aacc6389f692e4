import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { everything, type IdCondition } from '../filters/condition.ts'
import type { Stored } from './create.ts'

/**
 * A user as stored. Document and groups are JSON text and leave the service as they are: parsing and serialising them
 * again costs a fifth of the throughput of GET.
 */
export interface DirectoryUserRow extends Stored {
  directoryUserId: string
  documentText: string
  /** `[{ "value": "<group id>", "display": "…" }]`, or null when the user is in no group. */
  groupsText: string | null
}

interface SelectedRow {
  directory_user_id: string
  document: string
  version: number
  created_at: Date
  updated_at: Date
  groups: string | null
}

const noGroups = sql`NULL::text`
const directGroups = sql`(
  SELECT json_agg(json_build_object('value', g.directory_group_id, 'display', g.display_name, 'type', 'direct')
    ORDER BY g.directory_group_id)::text
  FROM memberships m
  CROSS JOIN LATERAL (
    SELECT * FROM directory_groups WHERE organization_id = m.organization_id AND directory_id = m.directory_id
      AND directory_group_id = m.directory_group_id OFFSET 0) g
  WHERE m.organization_id = u.organization_id AND m.directory_id = u.directory_id
    AND m.directory_user_id = u.directory_user_id)`

function userColumns(withGroups: boolean): RawBuilder<unknown> {
  return sql`u.directory_user_id, u.resource::text AS document, u.version, u.created_at, u.updated_at,
    ${withGroups ? directGroups : noGroups} AS groups`
}

export async function findDirectoryUser(
  reader: Reader,
  directoryId: string,
  directoryUserId: string,
  options: { withGroups: boolean },
): Promise<DirectoryUserRow | undefined> {
  const { rows } = await sql<SelectedRow>`
    SELECT ${userColumns(options.withGroups)} FROM directory_users u
    WHERE u.organization_id = ${reader.organizationId} AND u.directory_id = ${directoryId}
      AND u.directory_user_id = ${directoryUserId}`.execute(reader.db)
  return rows[0] && toRow(rows[0])
}

/**
 * A page of users in order of creation, and how many match in all. The page is taken over ids alone and joined to the
 * documents afterwards: a deep page does not read the documents it skips.
 */
export async function listDirectoryUsers(
  reader: Reader,
  directoryId: string,
  options: { condition: IdCondition; offset: number; limit: number; withGroups: boolean },
): Promise<{ total: number; rows: DirectoryUserRow[] }> {
  const matching = sql`FROM directory_users u
    WHERE u.organization_id = ${reader.organizationId} AND u.directory_id = ${directoryId}
      AND (${options.condition({ organizationId: reader.organizationId, directoryId })})`
  // Those that a filter selects are found first and put in order then; all are walked through in order.
  const candidates =
    options.condition === everything ? matching : sql`FROM (SELECT u.directory_user_id ${matching} OFFSET 0) u`
  const page = sql<SelectedRow>`
    SELECT ${userColumns(options.withGroups)}
    FROM (SELECT u.directory_user_id ${candidates}
      ORDER BY u.directory_user_id OFFSET ${options.offset} LIMIT ${options.limit}) page
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users WHERE organization_id = ${reader.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = page.directory_user_id OFFSET 0) u
    ORDER BY u.directory_user_id`
  const count = sql<{ total: number }>`SELECT count(*) AS total ${matching}`
  const [counted, selected] = await Promise.all([
    count.execute(reader.db),
    options.limit === 0 ? { rows: [] } : page.execute(reader.db),
  ])
  return { total: counted.rows[0]?.total ?? 0, rows: selected.rows.map(toRow) }
}

function toRow(row: SelectedRow): DirectoryUserRow {
  return {
    directoryUserId: row.directory_user_id,
    documentText: row.document,
    groupsText: row.groups,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
