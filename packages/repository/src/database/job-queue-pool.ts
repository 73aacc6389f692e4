import pg from 'pg'

/**
 * Connections for graphile-worker and for migrations: plain ones, because the worker listens on one and expects Postgres'
 * own types. The one who opens the pool ends it. Its listeners stay until the very end; the worker's own pool loses them
 * before its connections close, so that a server that stops at the same moment would end the process.
 */
export function openJobQueuePool(options: {
  url: string
  connectionsMax: number
  onIdleError?: (error: Error) => void
}): pg.Pool {
  const tell = (error: Error) => options.onIdleError?.(error)
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: 'muster jobs',
  })
  pool.on('error', tell)
  pool.on('connect', (client) => void client.on('error', tell))
  return pool
}
