import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { groupsText } from '../filters/groups-of-user.ts'
import type { Sql } from '../filters/sql-condition.ts'
import type { DirectoryPlace } from '../filters/subject.ts'
import { userSubject } from '../filters/user-subject.ts'
import type { List, ListPage, ListSelection } from '../listing/list.ts'
import { listOneKind, type Rows } from '../listing/list-one-kind.ts'
import type { ListedRow } from '../listing/read-page.ts'
import type { Stored } from './create.ts'

/**
 * A user as stored. Document and groups are JSON text and leave the service as they are: parsing and serialising them
 * again costs a fifth of the throughput of GET.
 */
export interface DirectoryUserRow extends Stored {
  directoryUserId: string
  documentText: string
  /** `[{ "value": "<group id>", "display": "…", "type": "direct" }]`, or null when the user is in no group. */
  groupsText: string | null
}

interface UserOptions {
  withGroups: boolean
}

export interface SelectedUserRow extends ListedRow {
  document: string
  version: number
  created_at: Date
  updated_at: Date
  groups: string | null
}

/** What is read of the row `u`. */
export function userColumns(groups: Sql): Sql {
  return sql`u.resource::text AS document, u.version, u.created_at, u.updated_at, ${groups} AS groups`
}

function userRows(reader: Reader, directoryId: string, { withGroups }: UserOptions): Rows {
  const groups = withGroups ? groupsText(reader.organizationId, directoryId) : sql`NULL::text`
  return {
    columns: userColumns(groups),
    source: sql`SELECT * FROM directory_users WHERE organization_id = ${reader.organizationId}
      AND directory_id = ${directoryId} AND directory_user_id = page.id`,
  }
}

/** The users of the ids, in any order; who is gone is left out. */
export async function findDirectoryUsers(
  reader: Reader,
  directoryId: string,
  ids: readonly string[],
  options: UserOptions,
): Promise<DirectoryUserRow[]> {
  if (ids.length === 0) return []
  const { columns, source } = userRows(reader, directoryId, options)
  const { rows } = await sql<SelectedUserRow>`
    SELECT page.id, ${columns} FROM unnest(${ids}::uuid[]) AS page (id)
    CROSS JOIN LATERAL (${source} OFFSET 0) u`.execute(reader.db)
  return rows.map(toUserRow)
}

/** A page of users, and how many match in all. @throws `tooMany` when that takes too long */
export async function listDirectoryUsers(
  reader: Reader,
  place: DirectoryPlace,
  selection: ListSelection,
  page: ListPage,
  options: UserOptions,
): Promise<List<DirectoryUserRow>> {
  const here = { ...place, organizationId: reader.organizationId }
  const { rows, ...rest } = await listOneKind<SelectedUserRow>(
    reader,
    userSubject(here),
    selection,
    page,
    userRows(reader, place.directoryId, options),
  )
  return { ...rest, rows: rows.map(toUserRow) }
}

export function toUserRow(row: SelectedUserRow): DirectoryUserRow {
  return {
    directoryUserId: row.id,
    documentText: row.document,
    groupsText: row.groups,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
