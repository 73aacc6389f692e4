import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { countsOf } from './directory-counts.ts'
import { isFamiliar } from './familiar.ts'
import { matching, type Selected } from './selected.ts'
import { sendList } from './send-list.ts'

/** How many resources are selected: all of a directory are counted already, those of a filter now. */
export async function countSelected(reader: Reader, selected: Selected): Promise<number> {
  const { condition, subject, selection } = selected
  if (condition === false) return 0
  if (condition === true) {
    const { users, groups } = await countsOf(reader, subject.place.directoryId)
    return subject.kind === 'User' ? users : groups
  }
  const [row] = await sendList(reader.db, sql<{ total: number }>`SELECT count(*) AS total ${matching(selected)}`, {
    isFamiliar: isFamiliar(selection),
    hasFilter: true,
    isUnbounded: !selected.isIndexed,
  })
  return row?.total ?? 0
}
