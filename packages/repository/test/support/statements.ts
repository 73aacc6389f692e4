import pg from 'pg'

/** A statement as it went to the server. */
export interface Statement {
  text: string
  values: readonly unknown[]
}

/** What all connections of this process send while `work` runs; run nothing else beside it. */
export async function recordStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = []
  const query = pg.Client.prototype.query
  const recording = function (this: pg.Client, ...parameters: unknown[]): unknown {
    const [config] = parameters as [string | Statement]
    statements.push(typeof config === 'string' ? { text: config, values: [] } : config)
    return Reflect.apply(query, this, parameters)
  }
  pg.Client.prototype.query = recording as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return statements
}
