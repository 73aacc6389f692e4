import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { Sql } from '../filters/sql-condition.ts'
import {
  type Criterion,
  everything,
  type Finder,
  type Listed,
  type OrderedFinder,
  type PeoplePage,
} from './criterion.ts'

/** Entries up to which a finder is so narrow that it does not matter how many the others find. */
const glanceMax = 200
/**
 * How far the entries that finders lead to are counted, one limit after the other, as long as all have more: to find all
 * rows by one that has far more than another costs more than to count so far.
 */
const countedMax = [glanceMax, 20_000, 500_000]
/** Entries that are walked along for a page of so many rows before these are taken for being somewhere else. */
const walks = { short: { rowsMax: 128, entries: 4_096 }, long: { entries: 16_384 } }

/** A finder that leads to all rows of a list, and the criteria that it leaves open. */
export interface Lead {
  finder: Finder
  open: readonly Criterion[]
}

/**
 * The lead to a page: decided by the criteria alone where that is enough; otherwise by a glance at how many the finders
 * find. When none is narrow, a walk `until` an id, which fills a page at once if rows are many.
 */
export async function choosePageLead(
  reader: Reader,
  listed: Listed,
  { after, limit }: PeoplePage,
): Promise<{ lead: Lead; until?: string }> {
  const known = knownLead(listed)
  if (known !== undefined && known.finder.kind !== 'range') return { lead: known }
  const ordered = listed.criteria.map(({ finder }) => finder).find((finder) => finder?.kind === 'ordered')
  const walk = ordered ?? everything(listed)
  const { narrowest, until } = await measure(reader, listed, { limits: [glanceMax], after, walk, rows: limit })
  if (until === undefined) return { lead: narrowest }
  return until === null ? { lead: leadBy(listed, walk) } : { lead: leadBy(listed, walk), until }
}

/** The lead to all of a list behind an id: that of the fewest entries. */
export async function chooseLead(reader: Reader, listed: Listed, after?: string): Promise<Lead> {
  const known = knownLead(listed)
  if (known !== undefined) return known
  return (await measure(reader, listed, { limits: countedMax, after })).narrowest
}

/** The lead that there is no choice about: a key, or the only finder. */
function knownLead(listed: Listed): Lead | undefined {
  const finders = listed.criteria.flatMap(({ finder }) => finder ?? [])
  const key = finders.find(({ kind }) => kind === 'key')
  if (key !== undefined) return leadBy(listed, key)
  return finders.length > 1 ? undefined : preferred(listed)
}

function preferred(listed: Listed): Lead {
  const found = listed.criteria.find(({ finder }) => finder !== undefined)?.finder
  return leadBy(listed, found ?? everything(listed))
}

function leadBy<F extends Finder>({ criteria }: Listed, finder: F): { finder: F; open: readonly Criterion[] } {
  return { finder, open: criteria.filter((criterion) => criterion.finder !== finder) }
}

interface Measuring {
  limits: readonly number[]
  after: string | undefined
  walk?: OrderedFinder
  /** Of the page. */
  rows?: number
}

/**
 * Counts what each finder finds, no further than it takes to know the narrowest. When none is within the limits, looks
 * for the id at which a walk has gone far enough: null when it ends before; undefined when one is.
 */
async function measure(
  reader: Reader,
  listed: Listed,
  { limits, after, walk, rows = 0 }: Measuring,
): Promise<{ narrowest: Lead; until: string | null | undefined }> {
  const finders = listed.criteria.flatMap(({ finder }) => finder ?? [])
  const max = limits.at(-1) ?? 0
  const { entries } = rows > walks.short.rowsMax ? walks.long : walks.short
  const until = walk
    ? sql`(SELECT ${walk.id} FROM ${walk.table} w WHERE ${behind(walk, after)} ORDER BY ${walk.id}
        OFFSET ${sql.lit(entries)} LIMIT 1)`
    : sql`NULL::uuid`
  const [row] = await send(
    reader.db,
    sql<{ counts: string[]; until: string | null }>`
      SELECT counted.counts::text[] AS counts, CASE WHEN ${allAbove(max)} THEN ${until} END AS until
      FROM (${countsWithin(limits, finders, after)}) counted`,
  )
  const counts = row?.counts.map(Number) ?? []
  const fewest = Math.min(...counts)
  const narrowest = finders[counts.indexOf(fewest)] ?? everything(listed)
  return { narrowest: leadBy(listed, narrowest), until: fewest > max ? (row?.until ?? null) : undefined }
}

const allAbove = (limit: number) => sql`${sql.lit(limit)} < ALL (counted.counts)`

/** One row with the array `counts`, up to the first limit within which one of the finders is. */
function countsWithin(limits: readonly number[], finders: readonly Finder[], after: string | undefined): Sql {
  const [first = 0, ...further] = limits
  let last = first
  let counts = sql`SELECT ${countsUpTo(first, finders, after)} AS counts OFFSET 0`
  for (const limit of further) {
    counts = sql`SELECT CASE WHEN ${allAbove(last)} THEN ${countsUpTo(limit, finders, after)} ELSE counted.counts END AS counts
      FROM (${counts}) counted OFFSET 0`
    last = limit
  }
  return counts
}

/** An array of what each finder finds: one more than the limit stands for all that is above. */
function countsUpTo(limit: number, finders: readonly Finder[], after: string | undefined): Sql {
  const counts = finders.map(
    (finder) => sql`(SELECT count(*) FROM (${entriesOf(finder, after)} LIMIT ${sql.lit(limit + 1)}) entry)`,
  )
  return sql`ARRAY[${sql.join(counts)}]`
}

function entriesOf(finder: Finder, after: string | undefined): Sql {
  if (finder.kind === 'ordered') return sql`SELECT FROM ${finder.table} w WHERE ${behind(finder, after)}`
  return sql.join(finder.queries, sql` UNION ALL `)
}

/** The condition of a finder for what comes behind an id. */
export function behind({ condition, id }: OrderedFinder, after: string | undefined): Sql {
  return after === undefined ? condition : sql`${condition} AND ${id} > ${after}::uuid`
}
