import type { RawBuilder } from 'kysely'
import { connectionOf, type Queries } from './database.ts'

/**
 * Sends a statement now, before this call returns its promise: statements sent one after the other run in that order
 * without waiting for each other. Kysely's own `execute()` sends a few microtasks later, so that two of them, or one
 * and a COMMIT, may change places: never mix the two where the order matters.
 */
export async function send<T>(db: Queries, statement: RawBuilder<T>): Promise<T[]> {
  const { sql, parameters } = statement.compile(db)
  const result = await connectionOf(db).query(sql, [...parameters])
  return result.rows
}
