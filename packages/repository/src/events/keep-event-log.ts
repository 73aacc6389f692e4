import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { maintain } from '../database/maintain.ts'
import { send } from '../database/send.ts'

/**
 * Makes the partitions that the event log needs for so many months behind this one, and drops those whose last event is
 * older than `days` (30 at least); undefined drops none. Answers with how many. Each is done by a function of the
 * database that runs as the owner of the tables, for all organizations. Waits half a second for a lock.
 * @throws `unavailable` when it did not get one
 */
export async function keepEventLog(
  database: Database,
  options: { monthsAhead: number; days: number | undefined },
): Promise<{ prepared: number; dropped: number }> {
  const { monthsAhead, days } = options
  const prepared = await countBy(database, sql`prepare_event_partitions(${monthsAhead}::integer)`)
  if (days === undefined) return { prepared, dropped: 0 }
  // By the clock of the database, whose limit of 30 days it is.
  return {
    prepared,
    dropped: await countBy(database, sql`drop_event_partitions(now() - make_interval(days => ${days}))`),
  }
}

async function countBy(database: Database, call: ReturnType<typeof sql>): Promise<number> {
  const [row] = await maintain(database, (db) => send(db, sql<{ count: number }>`SELECT ${call} AS count`))
  return row?.count ?? 0
}
