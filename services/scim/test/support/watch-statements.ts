import type { Database } from '@muster/repository'

/** Tells of every message that goes to Postgres, over whichever connection: to be called before the first one is made. */
export function watchStatements(database: Database, onStatement: () => void): void {
  database.pool.on('connect', (client) => {
    const query = client.query
    const watched = (...parameters: unknown[]) => {
      onStatement()
      return Reflect.apply(query, client, parameters)
    }
    Object.assign(client, { query: watched })
  })
}
