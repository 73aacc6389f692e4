import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { Sql } from '../filters/sql-condition.ts'

/** An id before all that we give. */
const beforeAll = '00000000-0000-0000-0000-000000000000'

export interface GroupMember {
  value: string
  type: 'User' | 'Group'
  display: string | null
}

/**
 * A page of the members of a group by id, as a relation `member (value, type, display)`: ids alone first, their names
 * looked up one by one.
 * @param after undefined begins at the beginning
 */
export function memberPage(
  group: { organization: Sql; directory: Sql; id: Sql },
  after: string | undefined,
  limit: number,
): Sql {
  const { organization, directory, id } = group
  const named = (table: string, key: string, member: string) => sql`
    SELECT * FROM ${sql.table(table)} WHERE organization_id = ${organization} AND directory_id = ${directory}
      AND ${sql.ref(key)} = ${sql.ref(member)} OFFSET 0`
  return sql`(
    SELECT m.member_id AS value, CASE WHEN m.child_group_id IS NULL THEN 'User' ELSE 'Group' END AS type,
      coalesce(child.display_name, nullif(person.resource ->> 'displayName', ''), person.resource ->> 'userName')
        AS display
    FROM (
      SELECT * FROM memberships WHERE organization_id = ${organization} AND directory_id = ${directory}
        AND directory_group_id = ${id} AND member_id > ${after ?? beforeAll}::uuid
      ORDER BY member_id LIMIT ${limit}::bigint
    ) m
    LEFT JOIN LATERAL (${named('directory_users', 'directory_user_id', 'm.directory_user_id')}) person ON true
    LEFT JOIN LATERAL (${named('directory_groups', 'directory_group_id', 'm.child_group_id')}) child ON true
  ) member`
}

/**
 * Members of a group by id, from behind `after` on (undefined: from the first): for groups that are too large for one
 * answer. Whoever comes or goes meanwhile shifts nobody else.
 */
export async function listGroupMembers(
  reader: Reader,
  directoryId: string,
  groupId: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ members: GroupMember[]; next: string | undefined }> {
  const group = {
    organization: sql`${reader.organizationId}::uuid`,
    directory: sql`${directoryId}::uuid`,
    id: sql`${groupId}::uuid`,
  }
  const rows = await send(
    reader.db,
    sql<GroupMember>`SELECT * FROM ${memberPage(group, after, limit + 1)}
      ORDER BY member.value`,
  )
  return cutMembers(rows, limit)
}

/** Cuts what was read, one more than is shown, to the page; `next` is where the list goes on. */
export function cutMembers(read: GroupMember[], limit: number): { members: GroupMember[]; next: string | undefined } {
  const members = read.slice(0, limit)
  return { members, next: read.length > limit ? members.at(-1)?.value : undefined }
}
