import type { Database } from '@muster/repository'

/**
 * Counts what goes to Postgres over connections that are made from now on: call it before the first query. Answers
 * with a function that says how many messages `work` sent.
 */
export function countStatements(database: Database): (work: () => Promise<unknown>) => Promise<number> {
  let sent = 0
  database.pool.on('connect', (client) => {
    const query = client.query
    const counting = (...parameters: unknown[]) => {
      sent++
      return Reflect.apply(query, client, parameters)
    }
    Object.assign(client, { query: counting })
  })
  return async (work) => {
    const before = sent
    await work()
    return sent - before
  }
}
