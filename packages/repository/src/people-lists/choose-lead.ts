import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { Sql } from '../filters/sql-condition.ts'
import { type Criterion, everything, type Finder, type Listed, type OrderedFinder } from './criterion.ts'

/** Entries of an index up to which a finder is narrow: to read and sort them all costs less than a page may. */
const narrowMax = 20_000
/** Entries that are walked along for one page before the rows that are found are taken for being somewhere else. */
const walkedMax = 16_384

/** A finder that leads to all rows of a list, and the criteria that it leaves open. */
export interface Lead {
  finder: Finder
  open: readonly Criterion[]
}

/** How a page is read. */
export interface Plan {
  lead: Lead
  /** When no criterion is narrow: a walk up to an id is tried first, which finds the page at once if rows are many. */
  attempt?: { lead: Lead & { finder: OrderedFinder }; until: string }
}

/** Decides by the criteria alone where that is enough; otherwise looks how much the finders find, with an end. */
export async function choosePlan(reader: Reader, listed: Listed, after: string | undefined): Promise<Plan> {
  const known = knownLead(listed)
  if (known !== undefined && known.finder.kind !== 'range') return { lead: known }
  const ordered = listed.criteria.map(({ finder }) => finder).find((finder) => finder?.kind === 'ordered')
  const walked = leadBy(listed, ordered ?? everything(listed))
  const { narrowest, until } = await measure(reader, listed, walked.finder, after)
  if (narrowest !== undefined) return { lead: narrowest }
  return until === null ? { lead: walked } : { lead: preferred(listed), attempt: { lead: walked, until } }
}

/** The lead over all of a list, as its count needs it. */
export async function chooseLead(reader: Reader, listed: Listed): Promise<Lead> {
  const known = knownLead(listed)
  if (known !== undefined) return known
  const { narrowest } = await measure(reader, listed, undefined, undefined)
  return narrowest ?? preferred(listed)
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

/** Counts what each finder finds, up to the limit, and looks for the id at which a walk would have gone far enough. */
async function measure(
  reader: Reader,
  listed: Listed,
  walked: OrderedFinder | undefined,
  after: string | undefined,
): Promise<{ narrowest: Lead | undefined; until: string | null }> {
  const finders = listed.criteria.flatMap(({ finder }) => finder ?? [])
  const counts = finders.map(
    (finder) => sql`(SELECT count(*) FROM (${entriesOf(finder, after)} LIMIT ${sql.lit(narrowMax + 1)}) entry)`,
  )
  const until = walked
    ? sql`(SELECT ${walked.id} FROM ${walked.table} w WHERE ${behind(walked, after)} ORDER BY ${walked.id}
        OFFSET ${sql.lit(walkedMax)} LIMIT 1)`
    : sql`NULL::uuid`
  const [row] = await send(
    reader.db,
    sql<{
      counts: string[]
      until: string | null
    }>`SELECT ARRAY[${sql.join(counts)}]::text[] AS counts, ${until} AS until`,
  )
  const measured = finders.map((finder, at) => ({ finder, count: Number(row?.counts[at]) }))
  const [narrowest] = measured.filter(({ count }) => count <= narrowMax).sort((left, right) => left.count - right.count)
  return { narrowest: narrowest && leadBy(listed, narrowest.finder), until: row?.until ?? null }
}

function entriesOf(finder: Finder, after: string | undefined): Sql {
  if (finder.kind === 'ordered') return sql`SELECT FROM ${finder.table} w WHERE ${behind(finder, after)}`
  return sql.join(finder.queries, sql` UNION ALL `)
}

/** The condition of a finder for what comes behind an id. */
export function behind({ condition, id }: OrderedFinder, after: string | undefined): Sql {
  return after === undefined ? condition : sql`${condition} AND ${id} > ${after}::uuid`
}
