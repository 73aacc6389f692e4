import { type Batch, emptyBatch } from '../batch.ts'

/** What one step of a phase found. */
export interface Step extends Batch {
  /** Where the phase goes on behind it, as path and query; where it stood when there is no more. */
  at: string
}

export function emptyStep(at: string): Step {
  return { ...emptyBatch(), at }
}
