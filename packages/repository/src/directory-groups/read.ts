import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { groupSubject } from '../filters/group-subject.ts'
import type { DirectoryPlace } from '../filters/subject.ts'
import type { List, ListPage, ListSelection } from '../listing/list.ts'
import { listOneKind, type Rows } from '../listing/list-one-kind.ts'
import type { ListedRow } from '../listing/read-page.ts'
import { cutMembers, type GroupMember, memberPage } from './member-pages.ts'

/** A group as stored, its document as JSON text. */
export interface DirectoryGroupRow {
  directoryGroupId: string
  documentText: string
  version: number
  createdAt: Date
  updatedAt: Date
  /** The first members by id; undefined when they were not asked for. */
  members: GroupMember[] | undefined
  /** Where `listGroupMembers` goes on; undefined when these are all. */
  nextMember: string | undefined
}

interface GroupOptions {
  /** Members of each group at most; 0 for groups without their members, at a cost that does not depend on them. */
  membersMax: number
}

interface SelectedRow extends ListedRow {
  document: string
  version: number
  created_at: Date
  updated_at: Date
  members: GroupMember[] | null
}

function groupRows(reader: Reader, directoryId: string, { membersMax }: GroupOptions): Rows {
  const group = {
    organization: sql.ref('g.organization_id'),
    directory: sql.ref('g.directory_id'),
    id: sql.ref('g.directory_group_id'),
  }
  const members = sql`(SELECT json_agg(member ORDER BY member.value)
    FROM ${memberPage(group, undefined, membersMax + 1)})`
  return {
    columns: sql`g.resource::text AS document, g.version, g.created_at, g.updated_at,
      ${membersMax > 0 ? members : sql`NULL::json`} AS members`,
    source: sql`SELECT * FROM directory_groups WHERE organization_id = ${reader.organizationId}
      AND directory_id = ${directoryId} AND directory_group_id = page.id`,
  }
}

/** One group. */
export async function findDirectoryGroup(
  reader: Reader,
  directoryId: string,
  directoryGroupId: string,
  options: GroupOptions,
): Promise<DirectoryGroupRow | undefined> {
  const { columns } = groupRows(reader, directoryId, options)
  const { rows } = await sql<SelectedRow>`
    SELECT g.directory_group_id AS id, ${columns} FROM directory_groups g
    WHERE g.organization_id = ${reader.organizationId} AND g.directory_id = ${directoryId}
      AND g.directory_group_id = ${directoryGroupId}`.execute(reader.db)
  return rows[0] && toGroupRow(rows[0], options)
}

/** The groups of the ids, in any order; what is gone is left out. */
export async function findDirectoryGroups(
  reader: Reader,
  directoryId: string,
  ids: readonly string[],
  options: GroupOptions,
): Promise<DirectoryGroupRow[]> {
  if (ids.length === 0) return []
  const { columns, source } = groupRows(reader, directoryId, options)
  const { rows } = await sql<SelectedRow>`
    SELECT page.id, ${columns} FROM unnest(${ids}::uuid[]) AS page (id)
    CROSS JOIN LATERAL (${source} OFFSET 0) g`.execute(reader.db)
  return rows.map((row) => toGroupRow(row, options))
}

/** A page of groups, and how many match in all. @throws `tooMany` when that takes too long */
export async function listDirectoryGroups(
  reader: Reader,
  place: DirectoryPlace,
  selection: ListSelection,
  page: ListPage,
  options: GroupOptions,
): Promise<List<DirectoryGroupRow>> {
  const here = { ...place, organizationId: reader.organizationId }
  const { rows, ...rest } = await listOneKind<SelectedRow>(
    reader,
    groupSubject(here),
    selection,
    page,
    groupRows(reader, place.directoryId, options),
  )
  return { ...rest, rows: rows.map((row) => toGroupRow(row, options)) }
}

function toGroupRow(row: SelectedRow, { membersMax }: GroupOptions): DirectoryGroupRow {
  const { members, next } = cutMembers(row.members ?? [], membersMax)
  return {
    directoryGroupId: row.id,
    documentText: row.document,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    members: membersMax > 0 ? members : undefined,
    nextMember: next,
  }
}
