import type { RecordProblem } from '../page.ts'
import type { SourceKey, SourceRecord } from '../source-record.ts'

/** What one step of a phase found. */
export interface Batch {
  upsert: SourceRecord[]
  remove: SourceKey[]
  problems: RecordProblem[]
  /** Where the phase goes on behind it, as path and query; where it stood when there is no more. */
  at: string
}

export function emptyBatch(at: string): Batch {
  return { upsert: [], remove: [], problems: [], at }
}
