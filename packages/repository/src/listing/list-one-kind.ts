import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Sql } from '../filters/sql-condition.ts'
import type { Subject } from '../filters/subject.ts'
import { countSelected } from './count-selected.ts'
import { isFamiliar } from './familiar.ts'
import type { List, ListPage, ListSelection } from './list.ts'
import { orderWords } from './order.ts'
import { rangesBehind } from './ranges.ts'
import { type ListedRow, readPage } from './read-page.ts'
import { idsOf, isNear, select } from './selected.ts'
import { sendList } from './send-list.ts'

/** How the rows of one kind are read, given their ids as `page.id`. */
export interface Rows {
  /** What to select, over the alias of the subject. */
  columns: Sql
  /** The row whose id is `page.id`, under the alias of the subject. */
  source: Sql
}

/**
 * A page of users or of groups in the order of the selection, and how many match in all; count and page are sent
 * together.
 * @throws `tooMany` when the filter or the order takes too long
 */
export async function listOneKind<Row extends ListedRow>(
  reader: Reader,
  subject: Subject,
  selection: ListSelection,
  page: ListPage,
  rows: Rows,
): Promise<List<Row>> {
  const selected = select(subject, selection)
  const pageColumns = { key: sql.ref('page.key'), id: sql.ref('page.id') }
  const key = selected.order.key === undefined ? sql`NULL::jsonb` : sql`to_jsonb(page.key)`
  const total = page.wantsTotal ? countSelected(reader, selected) : undefined
  const reading = readPage(
    selected.condition === false ? { ...page, limit: 0 } : page,
    (position) => rangesBehind(selected.order, subject, position),
    (range, cut) =>
      sendList(
        reader.db,
        sql<Row>`
        SELECT page.id, ${key} AS key, ${rows.columns}
        FROM (${idsOf(selected, range, cut)}) page CROSS JOIN LATERAL (${rows.source} OFFSET 0) ${sql.ref(subject.alias)}
        ORDER BY ${orderWords(selected.order, pageColumns)}`,
        {
          isFamiliar: isFamiliar(selection) && isNear(cut),
          hasFilter: selection.filter !== undefined,
          isUnbounded: !selected.isIndexed,
        },
      ),
  )
  const [counted, { rows: shown, last }] = await Promise.all([total, reading])
  return { total: counted, rows: shown, next: last && { key: last.key, id: last.id } }
}
