import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { type GroupRow, groupRowColumns, toGroupView } from '../people/views/group-view.ts'
import type { Listed, PeoplePage } from './criterion.ts'
import { type GroupQuery, groupCriteria } from './group-criteria.ts'
import { countPeopleList, readPeopleList } from './read-people-list.ts'

/** People of one group that are counted for showing the group. */
const usersCountedMax = 10_000

/**
 * A page of the organization's groups over all directories by id, as every surface shows them.
 * @throws `tooMany` when it takes too long
 */
export async function listGroups(
  reader: Reader,
  query: GroupQuery,
  page: PeoplePage,
): Promise<{ groupId: string; group: Record<string, unknown> }[]> {
  const columns = sql.join(groupRowColumns.map((column) => sql.ref(`listed.${column}`)))
  const rows = await readPeopleList(reader, groupsOf(reader, query), page, sql<GroupRow>`${columns}`)
  return rows.map((row) => ({ groupId: row.group_id, group: toGroupView(row) }))
}

/** @throws `tooMany` when it takes too long */
export async function countGroups(reader: Reader, query: GroupQuery): Promise<number> {
  return countPeopleList(reader, groupsOf(reader, query))
}

/** One group; undefined when the organization has none of this id. */
export async function findGroup(reader: Reader, groupId: string): Promise<Record<string, unknown> | undefined> {
  const row = await reader.db
    .selectFrom('groups')
    .select(groupRowColumns)
    .where('organization_id', '=', reader.organizationId)
    .where('group_id', '=', groupId)
    .executeTakeFirst()
  return row && toGroupView(row)
}

/** How many people are in a group, groups inside it included; null when they are more than 10,000. */
export async function countGroupUsers(reader: Reader, groupId: string): Promise<number | null> {
  const [row] = await send(
    reader.db,
    sql<{ count: number }>`SELECT count(*) AS count FROM (
      SELECT FROM user_groups WHERE organization_id = ${reader.organizationId}::uuid AND group_id = ${groupId}::uuid
      LIMIT ${sql.lit(usersCountedMax + 1)}) counted`,
  )
  const count = row?.count ?? 0
  return count > usersCountedMax ? null : count
}

function groupsOf({ organizationId }: Reader, query: GroupQuery): Listed {
  return { organizationId, table: 'groups', id: 'group_id', criteria: groupCriteria(organizationId, query) }
}
