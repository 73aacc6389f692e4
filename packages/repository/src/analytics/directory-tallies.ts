import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
import { type DayRange, daysOfDirectory } from './day-range.ts'
import { type Tally, tallyColumns } from './tally.ts'

export interface DirectoryTally extends Tally {
  directoryId: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
}

/** A page of the organization's directories by id, each with what happened in it over the days. */
export function listDirectoryTallies(
  reader: Reader,
  range: DayRange,
  page: { after: string | undefined; limit: number },
): Promise<DirectoryTally[]> {
  const behind = page.after === undefined ? sql`` : sql`AND directory_id > ${page.after}::uuid`
  return send(
    reader.db,
    sql<DirectoryTally>`SELECT d.directory_id AS "directoryId", d.name, d.type, d.status, tally.* FROM (
        SELECT directory_id, name, type, status FROM directories
        WHERE organization_id = ${reader.organizationId}::uuid ${behind} ORDER BY directory_id LIMIT ${page.limit}::bigint
      ) d CROSS JOIN LATERAL (
        SELECT ${tallyColumns} FROM daily_tallies t
        WHERE ${daysOfDirectory(reader.organizationId, sql`d.directory_id`, range)} OFFSET 0
      ) tally ORDER BY d.directory_id`,
  )
}

/** How many directories `listDirectoryTallies` has. */
export async function countDirectories(reader: Reader): Promise<number> {
  const counted = reader.db
    .selectFrom('directories')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organization_id', '=', reader.organizationId)
  return Number((await counted.executeTakeFirstOrThrow()).count)
}
