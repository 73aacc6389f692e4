import { type RawBuilder, sql } from 'kysely'
import type { OperatorRight } from '../credentials/authenticate.ts'
import type { Database, Queries } from '../database/database.ts'
import { type Reader, readAsOperator } from '../database/read.ts'
import { send } from '../database/send.ts'
import { type DayRange, daysOfDirectory } from './day-range.ts'
import { type Tally, tallyColumns } from './tally.ts'

export interface DayTally extends Tally {
  day: string
}

/** What happened in an organization, or in one directory of it, day by day; days on which nothing did are left out. */
export function listDailyTallies(
  { db, organizationId }: Reader,
  range: DayRange,
  { directoryId }: { directoryId?: string | undefined } = {},
): Promise<DayTally[]> {
  const days =
    directoryId === undefined
      ? sql`t.organization_id = ${organizationId}::uuid AND ${between(range)}`
      : daysOfDirectory(organizationId, sql`${directoryId}::uuid`, range)
  return sumByDay(db, days)
}

/** What happened in all organizations together, day by day: reads a row for each directory and day. */
export function listInstallationTallies(
  database: Database,
  _right: OperatorRight,
  range: DayRange,
): Promise<DayTally[]> {
  return readAsOperator(database, (db) => sumByDay(db, between(range)))
}

function between({ from, to }: DayRange): RawBuilder<unknown> {
  return sql`t.day BETWEEN ${from}::date AND ${to}::date`
}

function sumByDay(db: Queries, where: RawBuilder<unknown>): Promise<DayTally[]> {
  return send(
    db,
    sql<DayTally>`SELECT to_char(t.day, 'YYYY-MM-DD') AS day, ${tallyColumns} FROM daily_tallies t
      WHERE ${where} GROUP BY t.day ORDER BY t.day`,
  )
}
