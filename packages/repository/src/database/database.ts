import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Tables } from '../tables.ts'
import { PipeliningClient } from './client.ts'

export interface DatabaseOptions {
  url: string
  /** Connections of this process at most. */
  connectionsMax?: number
  /** How long somebody waits for a connection before that is an error. */
  connectMillisecondsMax?: number
  /** Told when an idle connection breaks; the pool replaces it. */
  onIdleError?: (error: Error) => void
}

/** A pool of connections. Nothing can be asked of it directly: see `read` and `transact`. */
export interface Database {
  readonly pool: pg.Pool
  /** Connections for COPY, which ours for statements cannot do; made at first need. */
  readonly copyPool: pg.Pool
  close(): Promise<void>
}

/**
 * Every statement here is written for an index, and prepared: it is planned once, and no plan made while a table was still
 * small may read the whole of it later. One request has one process: starting others costs more than a request may, and
 * they would be missing for everybody else.
 */
const plannerOptions =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off -c max_parallel_workers_per_gather=0'

const connectMillisecondsDefault = 5_000
const statementMillisecondsMax = 30_000
const copyConnectionsMax = 8

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: options.connectMillisecondsMax ?? connectMillisecondsDefault,
    statement_timeout: statementMillisecondsMax,
    idle_in_transaction_session_timeout: statementMillisecondsMax,
    application_name: 'muster',
    options: plannerOptions,
    Client: PipeliningClient,
  } as pg.PoolConfig)
  pool.on('error', (error) => options.onIdleError?.(error))
  // One that breaks while it is in use fails the queries on it; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined))
  let copyPool: pg.Pool | undefined
  return {
    pool,
    get copyPool() {
      copyPool ??= openCopyPool(options)
      return copyPool
    },
    close: async () => void (await Promise.all([pool.end(), copyPool?.end()])),
  }
}

function openCopyPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: copyConnectionsMax,
    connectionTimeoutMillis: options.connectMillisecondsMax ?? connectMillisecondsDefault,
    statement_timeout: statementMillisecondsMax,
    idle_in_transaction_session_timeout: statementMillisecondsMax,
    application_name: 'muster',
  })
  pool.on('error', (error) => options.onIdleError?.(error))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

export type Connection = pg.PoolClient
export type Queries = Kysely<Tables>

const queriesOf = new WeakMap<Connection, Queries>()
const connections = new WeakMap<Queries, Connection>()

/** The connection behind the queries that `queriesOn` made. */
export function connectionOf(queries: Queries): Connection {
  const connection = connections.get(queries)
  if (connection === undefined) throw new TypeError('These queries belong to no connection')
  return connection
}

/** Kysely over one checked-out connection, kept for as long as the connection lives. */
export function queriesOn(connection: Connection): Queries {
  const known = queriesOf.get(connection)
  if (known !== undefined) return known
  const single = { query: connection.query.bind(connection), release: () => undefined }
  const pool = { connect: async () => single, end: async () => undefined, options: {} }
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool as never }) })
  queriesOf.set(connection, queries)
  connections.set(queries, connection)
  return queries
}
