import { sql } from 'kysely'
import type { Sql } from '../filters/sql-condition.ts'

const lastCodePoint = 0x10_ff_ff
const surrogates = { before: 0xd7_ff, behind: 0xe0_00 }

/**
 * The column, a key in code-point order, begins with the text. A range, because row-level security keeps every operator
 * for prefixes away from an index.
 */
export function beginsWith(column: Sql, prefix: string): Sql {
  const end = endOfPrefix(prefix)
  return end === undefined ? sql`${column} >= ${prefix}` : sql`(${column} >= ${prefix} AND ${column} < ${end})`
}

/** The first text behind all that begin with the prefix, in code-point order; undefined when there is none. */
function endOfPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === lastCodePoint) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  return String.fromCodePoint(...points, last === surrogates.before ? surrogates.behind : last + 1)
}
