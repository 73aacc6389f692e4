import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'

/** A role that somebody has or a mapping gives. */
export interface ListedRole {
  id: string
  /** People who have it, from wherever. */
  users: number
  /** Mappings that give it. */
  mappings: number
}

/** A page of roles by id; the index of people by role is read in leaps, from role to role. */
export async function listRoles(
  { db, organizationId }: Reader,
  page: { after: string | undefined; limit: number },
): Promise<ListedRole[]> {
  const own = sql`organization_id = ${organizationId}`
  return send(
    db,
    sql<ListedRole>`
    ${roleIds(organizationId, page.after ?? '', page.limit)}
    SELECT listed.role_id AS id, listed.mappings, (
      SELECT count(DISTINCT user_id) FROM user_roles WHERE ${own} AND role_id = listed.role_id) AS users
    FROM (SELECT role_id, sum(mappings) AS mappings FROM known GROUP BY role_id ORDER BY role_id LIMIT ${page.limit}) listed
    ORDER BY listed.role_id`,
  )
}

export async function countRoles({ db, organizationId }: Reader): Promise<number> {
  const [row] = await send(
    db,
    sql<{ count: number }>`
    ${roleIds(organizationId, '', null)} SELECT count(DISTINCT role_id) AS count FROM known`,
  )
  return Number(row?.count)
}

/** `known (role_id, mappings)`: the ids behind `after`, of each source at most so many; null for all. */
function roleIds(organizationId: string, after: string, limit: number | null) {
  const own = sql`organization_id = ${organizationId}`
  const next = (id: ReturnType<typeof sql>) => sql`(
    SELECT r.role_id FROM user_roles r WHERE r.organization_id = ${organizationId} AND r.role_id > ${id}
    ORDER BY r.role_id LIMIT 1)`
  return sql`
    WITH RECURSIVE had (role_id, place) AS (
      SELECT ${next(sql`${after}::text COLLATE "C"`)}, 1
      UNION ALL
      SELECT ${next(sql`had.role_id`)}, place + 1 FROM had
      WHERE had.role_id IS NOT NULL AND place < COALESCE(${limit}::integer, 2147483647)
    ),
    known AS (
      SELECT role_id, 0 AS mappings FROM had WHERE role_id IS NOT NULL
      UNION ALL
      SELECT role_id, count(*)::integer FROM (
        SELECT unnest(role_ids) COLLATE "C" AS role_id FROM role_mappings WHERE ${own}) mapped
      WHERE role_id > ${after} COLLATE "C" GROUP BY role_id
    )`
}
