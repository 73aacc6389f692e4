import { type Database, type Queries, queriesOn } from './database.ts'
import { LostConnection, withConnection } from './read.ts'

/**
 * Runs maintenance of what no organization owns, in one transaction that may take as long as it takes. No row of any
 * organization is to be seen in it.
 */
export function maintain<T>(database: Database, work: (db: Queries) => Promise<T>): Promise<T> {
  return withConnection(database, async (connection) => {
    const end = (word: 'COMMIT' | 'ROLLBACK') =>
      connection.query(word).catch((error) => {
        throw new LostConnection(error)
      })
    try {
      await connection.query("BEGIN; SET LOCAL muster.organization_id = ''; SET LOCAL statement_timeout = 0")
      const result = await work(queriesOn(connection))
      await end('COMMIT')
      return result
    } catch (error) {
      if (!(error instanceof LostConnection)) await end('ROLLBACK')
      throw error
    }
  })
}
