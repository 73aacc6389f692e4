import type { ListPage, ListPosition, SortKey } from './list.ts'
import type { Cut } from './selected.ts'

/** A resource in a page: what it is sorted by, its id, and whatever else was asked for. */
export interface ListedRow {
  id: string
  key: SortKey
}

/**
 * Reads one page, and one resource more to see whether the list goes on. By index that is one statement; behind a
 * position one for each range that the page touches, which is nearly always one.
 */
export async function readPage<Row extends ListedRow, Range>(
  { limit, from }: ListPage,
  rangesBehind: (position: ListPosition | undefined) => Range[],
  readRange: (range: Range, cut: Cut) => Promise<Row[]>,
): Promise<{ rows: Row[]; last: Row | undefined }> {
  if (limit === 0) return { rows: [], last: undefined }
  const position = 'after' in from ? from.after : undefined
  const offset = 'offset' in from ? from.offset : 0
  const rows: Row[] = []
  for (const range of rangesBehind(position)) {
    rows.push(...(await readRange(range, { offset, limit: limit + 1 - rows.length })))
    if (rows.length > limit) break
  }
  const shown = rows.slice(0, limit)
  return { rows: shown, last: rows.length > limit ? shown.at(-1) : undefined }
}
