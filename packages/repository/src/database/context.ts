import type { Connection } from './database.ts'
import type { OrganizationScope } from './organization-scope.ts'

/**
 * The one place that tells Postgres whose rows a connection may see. The id is a UUID by construction
 * (OrganizationScope), so it can stand in a SET statement; only SET statements reach the workers of Citus.
 */
function setting(word: 'SET' | 'SET LOCAL', scope: OrganizationScope): string {
  return `${word} muster.organization_id = '${scope.organizationId}'`
}

/** A read-only transaction that sees every organization's own row (policy operator_reads), and nothing else of them. */
export function beginAsOperator(connection: Connection): Promise<unknown> {
  return connection.query("BEGIN READ ONLY; SET LOCAL muster.operator = 'on'")
}

/** A read-only transaction that sees how far the log of every organization has come (policy followers_read). */
export function beginAsFollower(connection: Connection): Promise<unknown> {
  return connection.query("BEGIN READ ONLY; SET LOCAL muster.followers = 'on'")
}

/**
 * A read-only transaction of one organization whose statements all see the same moment: that of the first. Who reads by and
 * by may take breaks; how long it may last altogether is the caller's to limit, since the database keeps for it what others delete.
 */
export function beginSnapshot(connection: Connection, scope: OrganizationScope): Promise<unknown> {
  return connection.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${setting('SET LOCAL', scope)}; SET LOCAL idle_in_transaction_session_timeout = 0`,
  )
}

const contextOf = new WeakMap<Connection, string>()

/**
 * Sends BEGIN and the context in one message. Returns at once: what is sent behind it waits for it on the server.
 */
export function begin(connection: Connection, scope: OrganizationScope): Promise<unknown> {
  return connection.query(`BEGIN; ${setting('SET LOCAL', scope)}`)
}

/**
 * Gives the connection this organization for reads outside a transaction; costs nothing when it has it already.
 * A connection whose context could not be set must not go back to the pool.
 */
export async function useContext(connection: Connection, scope: OrganizationScope): Promise<void> {
  if (contextOf.get(connection) === scope.organizationId) return
  contextOf.delete(connection)
  await connection.query(setting('SET', scope))
  contextOf.set(connection, scope.organizationId)
}
