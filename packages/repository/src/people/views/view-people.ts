import { sql } from 'kysely'
import type { Reader } from '../../database/read.ts'
import { send } from '../../database/send.ts'
import type { People } from '../settling/concerned.ts'
import { type UserRow, userViewColumns } from './user-view.ts'

/** People as they are now, by id. */
export async function viewPeople(reader: Reader, people: People): Promise<Map<string, UserRow>> {
  const rows = await send(
    reader.db,
    sql<UserRow>`
    SELECT ${userViewColumns(reader.organizationId, 'u')} FROM (SELECT DISTINCT user_id FROM (${people}) asked) concerned
    CROSS JOIN LATERAL (
      SELECT * FROM users WHERE organization_id = ${reader.organizationId} AND user_id = concerned.user_id OFFSET 0) u`,
  )
  return new Map(rows.map((row) => [row.user_id, row]))
}
