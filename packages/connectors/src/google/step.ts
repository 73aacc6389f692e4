import type { Batch } from '../batch.ts'

/** What one step of a round found, and where the list goes on behind it. */
export interface Step extends Batch {
  /** The page of Google's list that comes next; undefined at its beginning, and at the end of one that is one page. */
  pageToken: string | undefined
  /** Whether Google said that there is no more of the list, and nobody went past it. */
  isLast: boolean
}
