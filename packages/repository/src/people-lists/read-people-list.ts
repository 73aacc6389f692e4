import { MusterError } from '@muster/runtime/errors'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Sql } from '../filters/sql-condition.ts'
import { sendList } from '../listing/send-list.ts'
import { behind, chooseLead, choosePageLead, type Lead } from './choose-lead.ts'
import type { Listed, PeoplePage } from './criterion.ts'

/**
 * What the planner is told of the length of a page. It takes a parameter for a tenth of everything, and would rather sort
 * that than walk along an index.
 */
const planRowsMax = 1_024
/** Criteria up to which statements are kept prepared. */
const familiarMax = 2

/**
 * A page of a list in the order of ids. `columns` are over the listed table under the name `listed`.
 * @throws `tooMany` when it takes too long
 */
export async function readPeopleList<Row>(
  reader: Reader,
  listed: Listed,
  page: PeoplePage,
  columns: RawBuilder<Row>,
): Promise<Row[]> {
  const reading = (by: Lead, until?: string) => {
    const rows = rowsBy(listed, by, page, until)
    return sendInTime(
      reader,
      { listed, isUnbounded: by.open.length > 0 || by.finder.kind === 'range' },
      sql<Row>`SELECT ${columns} FROM (${rows}) listed ORDER BY listed.place LIMIT ${page.limit}`,
    )
  }
  const { lead, until } = await choosePageLead(reader, listed, page)
  const rows = await reading(lead, until)
  if (until === undefined || rows.length === page.limit) return rows
  return reading(await chooseLead(reader, listed, page.after))
}

/**
 * How many rows a list has.
 * @throws `tooMany` when it takes too long
 */
export async function countPeopleList(reader: Reader, listed: Listed): Promise<number> {
  const lead = await chooseLead(reader, listed)
  const from = lead.open.length === 0 ? sql`${idsBy(lead)} w` : sql`${idsBy(lead)} w ${probing(listed, lead)}`
  const [row] = await sendInTime(
    reader,
    { listed, isUnbounded: lead.finder.kind !== 'key' },
    sql<{ count: number }>`SELECT count(*) AS count FROM ${from}`,
  )
  return row?.count ?? 0
}

/** Rows with their id as `place`, in order: read one by one until somebody has enough. */
function rowsBy(listed: Listed, lead: Lead, { after, limit }: PeoplePage, until: string | undefined): Sql {
  const { finder } = lead
  const end = sql`LIMIT ${sql.lit(Math.max(planRowsMax, limit))}`
  if (finder.kind === 'ordered') {
    const conditions = [behind(finder, after), ...(finder.counts ? [finder.counts] : [])]
    if (until !== undefined) conditions.push(sql`${finder.id} <= ${until}::uuid`)
    return sql`SELECT listed.*, ${finder.id} AS place FROM ${finder.table} w ${probing(listed, lead, finder.id)}
      WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${finder.id} ${end}`
  }
  const beyond = after === undefined ? sql`true` : sql`found.id > ${after}::uuid`
  return sql`SELECT listed.*, w.id AS place FROM (
      SELECT found.id FROM ${idsBy(lead)} found WHERE ${beyond} ORDER BY found.id OFFSET 0) w ${probing(listed, lead)}
    ORDER BY w.id ${end}`
}

/** All ids that a lead leads to, each once, in no order. */
function idsBy({ finder }: Lead): Sql {
  if (finder.kind !== 'ordered') return sql`(${sql.join(finder.queries, sql` UNION `)})`
  const word = finder.counts ? sql`SELECT DISTINCT` : sql`SELECT`
  return sql`(${word} ${finder.id} AS id FROM ${finder.table} w WHERE ${finder.condition} OFFSET 0)`
}

/** The row behind the id of `w`, when it meets what the lead leaves open: looked up one by one, as `listed`. */
function probing({ organizationId, table, id }: Listed, { open }: Lead, foundId: Sql = sql.ref('w.id')): Sql {
  const own = sql`listed.organization_id = ${organizationId}::uuid AND ${sql.ref(`listed.${id}`)} = ${foundId}`
  const conditions = [own, ...open.map(({ holds }) => holds)]
  return sql`CROSS JOIN LATERAL (
    SELECT * FROM ${sql.table(table)} listed WHERE ${sql.join(conditions, sql` AND `)} OFFSET 0) listed`
}

async function sendInTime<T>(
  { db }: Reader,
  { listed, isUnbounded }: { listed: Listed; isUnbounded: boolean },
  statement: RawBuilder<T>,
): Promise<T[]> {
  const { length } = listed.criteria
  try {
    return await sendList(db, statement, { isFamiliar: length <= familiarMax, hasFilter: length > 0, isUnbounded })
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'tooMany') throw error
    throw new MusterError('tooMany', 'Too much would have to be looked at to tell; ask for something narrower.', {
      cause: error,
    })
  }
}
