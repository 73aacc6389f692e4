import type { RecordProblem } from '../page.ts'
import type { ResourceKey, SourceRecord } from '../source-record.ts'

/** What one step of a round found. */
export interface Batch {
  upsert: SourceRecord[]
  problems: RecordProblem[]
  present: ResourceKey[]
}

export function emptyBatch(): Batch {
  return { upsert: [], problems: [], present: [] }
}

export function isEmpty({ upsert, problems, present }: Batch): boolean {
  return upsert.length + problems.length + present.length === 0
}
