import { MusterError } from '@muster/runtime/errors'
import type { RawBuilder } from 'kysely'
import { connectionOf, type Queries } from '../database/database.ts'

/** How long a list may look through a directory, in milliseconds. */
const listMillisecondsMax = 10_000

/** Statements with a filter that are prepared under a name at most; the names of a process are for everybody. */
const namedFiltersMax = 200
const namedFilters = new Set<string>()

interface Sending {
  /** Whether the statement is one of a few that come again and again: it is then planned once a connection. */
  isFamiliar: boolean
  /** Whether a client decided about its shape. Such shapes are without end. */
  hasFilter: boolean
  /** Whether it may have to look through a whole directory. */
  isUnbounded: boolean
}

/**
 * Sends a statement of a list at once, as `send` does.
 * @throws `tooMany` when the database does not get through in time
 */
export async function sendList<T>(db: Queries, statement: RawBuilder<T>, sending: Sending): Promise<T[]> {
  const connection = connectionOf(db)
  const { sql: text, parameters } = statement.compile(db)
  const values = [...parameters]
  const run = () => (isNamed(text, sending) ? connection.query(text, values) : connection.query({ text, values }))
  if (!sending.isUnbounded) return (await run()).rows
  // All three travel together; the limit is the connection's own again whatever becomes of the statement.
  const limited = connection.query(`SET statement_timeout = ${listMillisecondsMax}`)
  const result = run()
  const reset = connection.query('RESET statement_timeout')
  const [, outcome] = await Promise.allSettled([limited, result, reset])
  if (outcome.status === 'fulfilled') return outcome.value.rows
  throw isTimeout(outcome.reason) ? tooMany(outcome.reason) : outcome.reason
}

function isNamed(text: string, { isFamiliar, hasFilter }: Sending): boolean {
  if (!isFamiliar) return false
  if (!hasFilter || namedFilters.has(text)) return true
  if (namedFilters.size >= namedFiltersMax) return false
  namedFilters.add(text)
  return true
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '57014'
}

function tooMany(cause: unknown): MusterError {
  return new MusterError(
    'tooMany',
    `The filter or the order needs a look at more resources than ${listMillisecondsMax / 1_000} seconds allow; ask for id, userName, externalId, displayName, emails.value or a later meta.lastModified.`,
    { cause },
  )
}
