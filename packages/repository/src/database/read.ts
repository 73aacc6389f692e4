import { beginAsFollower, beginAsOperator, useContext } from './context.ts'
import { type Connection, type Database, type Queries, queriesOn } from './database.ts'
import { translateConnectError, translateDatabaseError } from './database-errors.ts'
import type { OrganizationScope } from './organization-scope.ts'

export interface Reader {
  readonly organizationId: string
  readonly db: Queries
}

/** Runs reads in the context of one organization, each statement on its own snapshot. */
export function read<T>(
  database: Database,
  scope: OrganizationScope,
  work: (reader: Reader) => Promise<T>,
): Promise<T> {
  return withConnection(database, async (connection) => {
    // Sent ahead, not awaited first: both travel in one round trip.
    const ready = useContext(connection, scope)
    const [context, result] = await Promise.allSettled([
      ready,
      work({ organizationId: scope.organizationId, db: queriesOn(connection) }),
    ])
    if (context.status === 'rejected') throw new LostConnection(context.reason)
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** Reads routing tables, before an organization is known. */
export function readRoutes<T>(database: Database, work: (db: Queries) => Promise<T>): Promise<T> {
  return withConnection(database, (connection) => work(queriesOn(connection)))
}

/** Reads the list of organizations. The right to call it is checked by type where it is used (OperatorRight). */
export function readAsOperator<T>(database: Database, work: (db: Queries) => Promise<T>): Promise<T> {
  return readOnly(database, beginAsOperator, work)
}

/** Reads how far the logs of organizations have come, and nothing else of them. */
export function readAsFollower<T>(database: Database, work: (db: Queries) => Promise<T>): Promise<T> {
  return readOnly(database, beginAsFollower, work)
}

/** Runs reads in a transaction that `begin` begins; it is always rolled back. */
export function readOnly<T>(
  database: Database,
  begin: (connection: Connection) => Promise<unknown>,
  work: (db: Queries) => Promise<T>,
): Promise<T> {
  return withConnection(database, async (connection) => {
    try {
      await begin(connection)
      return await work(queriesOn(connection))
    } finally {
      await connection.query('ROLLBACK').catch((error) => {
        throw new LostConnection(error)
      })
    }
  })
}

/** Thrown where a connection's state is unknown: it is closed instead of going back to the pool. */
export class LostConnection extends Error {
  constructor(cause: unknown) {
    super('The state of a database connection is unknown', { cause })
  }
}

export async function withConnection<T>(database: Database, work: (connection: Connection) => Promise<T>): Promise<T> {
  let connection: Connection
  try {
    connection = await database.pool.connect()
  } catch (error) {
    throw translateConnectError(error)
  }
  try {
    const result = await work(connection)
    connection.release()
    return result
  } catch (error) {
    connection.release(error instanceof LostConnection)
    throw translateDatabaseError(error instanceof LostConnection ? error.cause : error)
  }
}
