import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { groupConditions } from './group-filter.ts'
import type { PlanBasis } from './plan-basis.ts'

interface PlannedUser {
  directory_id: string
  directory_user_id: string
}

/** Of directory users those whose groups would let them pass; one statement a directory whose filters ask for groups. */
export async function passingUsers(
  reader: Reader,
  { affected }: PlanBasis,
  users: readonly PlannedUser[],
): Promise<Set<string>> {
  const byDirectory = Map.groupBy(users, (user) => user.directory_id)
  const passing = [...affected].map(async ([directoryId, { groupFilters }]) => {
    const ids = (byDirectory.get(directoryId) ?? []).map((user) => user.directory_user_id)
    if (groupFilters.length === 0 || ids.length === 0) return ids
    const { tables, passes } = groupConditions(reader.organizationId, directoryId, groupFilters)
    const rows = await send(
      reader.db,
      sql<PlannedUser>`
      WITH RECURSIVE ${tables}
      asked AS MATERIALIZED (
        SELECT id::uuid AS directory_user_id FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS given (id)
      )
      SELECT u.directory_user_id FROM asked u WHERE ${passes}`,
    )
    return rows.map((row) => row.directory_user_id)
  })
  return new Set((await pipelined(...passing)).flat())
}
