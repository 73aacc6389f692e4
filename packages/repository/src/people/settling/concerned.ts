import { type RawBuilder, sql } from 'kysely'

/** A relation `(user_id)` of people, for statements over sets of them. */
export type People = RawBuilder<unknown>

/** People by id. As JSON, which the planner takes for 100 rows always: a plan once made serves one and thousands. */
export function peopleByIds(userIds: readonly string[]): People {
  return sql`SELECT id::uuid AS user_id FROM json_array_elements_text(${JSON.stringify(userIds)}::json) AS given (id)`
}

/** The people behind users of one directory; who has no link is left out. */
export function peopleBehind(organizationId: string, directoryId: string, directoryUserIds: readonly string[]): People {
  return sql`
    SELECT link.user_id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT l.user_id FROM user_links l WHERE l.organization_id = ${organizationId}
        AND l.directory_id = ${directoryId} AND l.directory_user_id = given.id::uuid OFFSET 0) link`
}
