import type { RecordProblem } from '../page.ts'
import type { SourceKey, SourceRecord } from '../source-record.ts'

/** What a page of Graph says, once for each record. */
export interface Batch {
  upsert: SourceRecord[]
  remove: SourceKey[]
  problems: RecordProblem[]
}

export function emptyBatch(): Batch {
  return { upsert: [], remove: [], problems: [] }
}
