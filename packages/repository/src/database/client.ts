import type { Duplex } from 'node:stream'
import pg from 'pg'

/** More distinct statements than the repository has; past it, statements go unprepared rather than fill memory. */
const namedStatementsMax = 1_000

const statementNames = new Map<string, string>()

/** One short name a statement text: Postgres then parses and plans it once a connection. */
function statementName(text: string): string | undefined {
  const known = statementNames.get(text)
  if (known !== undefined) return known
  if (statementNames.size >= namedStatementsMax) return undefined
  const name = `s${statementNames.size}`
  statementNames.set(text, name)
  return name
}

/**
 * A connection that pipelines (queries are sent without waiting for the answer of the one before) and prepares every
 * statement that has parameters. Both belong to the hot path: a SCIM write costs three round trips instead of eight.
 */
export class PipeliningClient extends pg.Client {
  #holds = false

  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true, types } as pg.ClientConfig)
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg overloads query(); only the form that Kysely uses is changed.
  override query(...parameters: any[]): any {
    this.#holdWrites()
    const [text, values] = parameters
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) {
      return Reflect.apply(super.query, this, parameters)
    }
    return super.query({ name: statementName(text), text, values })
  }

  /**
   * What is sent within one turn of the event loop leaves in one packet: a write to the socket costs more than most of
   * what the statements themselves cost here.
   */
  #holdWrites(): void {
    if (this.#holds) return
    const { stream } = (this as unknown as { connection: { stream: Duplex } }).connection
    this.#holds = true
    stream.cork()
    process.nextTick(() => {
      this.#holds = false
      stream.uncork()
    })
  }
}

const int8Oid = 20
const timestamptzOid = 1184

/** bigint as number: versions, counts and sequences stay below 2^53. */
const parsers = new Map<number, (text: string) => unknown>([
  [int8Oid, Number],
  [timestamptzOid, (text) => new Date(text)],
])

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format ?? 'text'),
}
