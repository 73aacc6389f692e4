import { isUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { toUserView, type UserRow, userViewColumns } from '../people/views/user-view.ts'
import type { Listed, PeoplePage } from './criterion.ts'
import { countPeopleList, readPeopleList } from './read-people-list.ts'
import { type UserQuery, userCriteria } from './user-criteria.ts'

/**
 * A page of the organization's people by id, as every surface shows them.
 * @throws `invalidValue` for a search of more than five words; `tooMany` when it takes too long
 */
export async function listUsers(
  reader: Reader,
  query: UserQuery,
  page: PeoplePage,
): Promise<{ userId: string; user: Record<string, unknown> }[]> {
  const rows = await readPeopleList(
    reader,
    usersOf(reader, query),
    page,
    sql<UserRow>`${userViewColumns(reader.organizationId, 'listed')}`,
  )
  return rows.map((row) => ({ userId: row.user_id, user: toUserView(row) }))
}

/**
 * How many people there are of a kind.
 * @throws `invalidValue` for a search of more than five words; `tooMany` when it takes too long
 */
export async function countUsers(reader: Reader, query: UserQuery): Promise<number> {
  if (query.source !== 'directory') return countPeopleList(reader, usersOf(reader, query))
  // No index leads to nearly all; two do to all and to the others.
  const all = await countUsers(reader, { ...query, source: undefined })
  return Math.max(0, all - (await countUsers(reader, { ...query, source: 'manual' })))
}

/** One person; undefined when the organization has none of this id. */
export async function findUser(reader: Reader, userId: string): Promise<Record<string, unknown> | undefined> {
  if (!isUuid(userId)) return undefined
  const { rows } = await sql<UserRow>`
    SELECT ${userViewColumns(reader.organizationId, 'u')} FROM users u
    WHERE u.organization_id = ${reader.organizationId} AND u.user_id = ${userId}`.execute(reader.db)
  return rows[0] && toUserView(rows[0])
}

function usersOf({ organizationId }: Reader, query: UserQuery): Listed {
  return { organizationId, table: 'users', id: 'user_id', criteria: userCriteria(organizationId, query) }
}
