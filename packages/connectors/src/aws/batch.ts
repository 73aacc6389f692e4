import type { RecordProblem } from '../page.ts'
import type { SourceKey, SourceRecord } from '../source-record.ts'

/** What one step of a round found. */
export interface Batch {
  upsert: SourceRecord[]
  remove: SourceKey[]
  problems: RecordProblem[]
}

export function emptyBatch(): Batch {
  return { upsert: [], remove: [], problems: [] }
}
