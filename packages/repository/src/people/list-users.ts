import { isUuid } from '@muster/runtime/type-ids'
import { comparisonKey } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { toUserView, type UserRow, userViewColumns } from './user-view.ts'

export interface UserQuery {
  email?: string | undefined
  state?: 'active' | 'inactive' | undefined
  /** Persons that this directory holds. */
  directoryId?: string | undefined
}

function matching(reader: Reader, query: UserQuery): RawBuilder<unknown> {
  const conditions = [sql`u.organization_id = ${reader.organizationId}`]
  if (query.email !== undefined) conditions.push(sql`u.email_key = ${comparisonKey(query.email)}`)
  if (query.state !== undefined) conditions.push(sql`u.state = ${query.state}`)
  if (query.directoryId !== undefined) {
    conditions.push(sql`EXISTS (SELECT FROM user_links l WHERE l.organization_id = u.organization_id
      AND l.user_id = u.user_id AND l.directory_id = ${query.directoryId})`)
  }
  return sql`FROM users u WHERE ${sql.join(conditions, sql` AND `)}`
}

/** A page of the organization's people by id, as every surface shows them. */
export async function listUsers(
  reader: Reader,
  query: UserQuery,
  page: { after: string | undefined; limit: number },
): Promise<{ userId: string; user: Record<string, unknown> }[]> {
  const beyond = page.after === undefined ? sql`` : sql`AND u.user_id > ${page.after}`
  const { rows } = await sql<UserRow>`
    SELECT ${userViewColumns('u')} ${matching(reader, query)} ${beyond}
    ORDER BY u.user_id LIMIT ${page.limit}`.execute(reader.db)
  return rows.map((row) => ({ userId: row.user_id, user: toUserView(row) }))
}

export async function countUsers(reader: Reader, query: UserQuery): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) AS count ${matching(reader, query)}`.execute(reader.db)
  return rows[0]?.count ?? 0
}

/** One person; undefined when the organization has none of this id. */
export async function findUser(reader: Reader, userId: string): Promise<Record<string, unknown> | undefined> {
  if (!isUuid(userId)) return undefined
  const { rows } = await sql<UserRow>`
    SELECT ${userViewColumns('u')} FROM users u
    WHERE u.organization_id = ${reader.organizationId} AND u.user_id = ${userId}`.execute(reader.db)
  return rows[0] && toUserView(rows[0])
}
