import type { RecordProblem } from './page.ts'
import type { ResourceKey, SourceKey, SourceRecord } from './source-record.ts'

/** Where members of groups are read along, a batch is handed out once it has so many records. */
export const recordsPerBatch = 1_000

/** What one step of a round found, until it is a page. */
export interface Batch {
  upsert: SourceRecord[]
  remove: SourceKey[]
  present: ResourceKey[]
  problems: RecordProblem[]
}

export function emptyBatch(): Batch {
  return { upsert: [], remove: [], present: [], problems: [] }
}

export function isEmpty({ upsert, remove, present, problems }: Batch): boolean {
  return upsert.length + remove.length + present.length + problems.length === 0
}

/** Takes in what was made of a record: itself, or what is wrong with it. */
export function take(batch: Batch, made: SourceRecord | RecordProblem): void {
  if ('kind' in made) batch.upsert.push(made)
  else batch.problems.push(made)
}
