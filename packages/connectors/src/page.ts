import type { ResourceKey, SourceKey, SourceRecord } from './source-record.ts'

/** Where a round of reading stands: text that only its connector understands, without secrets, of 64 KiB at most. */
export type Checkpoint = string & { readonly __brand: 'Checkpoint' }

/** A record that a source has and that cannot be taken in. It is there: nobody takes it for missing. */
export interface RecordProblem {
  key: ResourceKey
  /** A stable name: `userNameMissing`. */
  code: string
  /** What is wrong, for an administrator of the directory. */
  detail: string
  /** As of a user: memberships that call it by one of these are still its own. */
  references?: readonly string[]
}

/**
 * A batch of records and where to go on behind it: both are stored together. A record that comes twice in a round counts as
 * it came last.
 */
export interface Page {
  upsert: readonly SourceRecord[]
  /** What the source says is gone. */
  remove: readonly SourceKey[]
  /** Users and groups that are still there and were not read again: what a sweep over ids finds. */
  present?: readonly ResourceKey[]
  problems?: readonly RecordProblem[]
  /**
   * Resumes the round behind this page (`snapshot(checkpoint)`, `delta(checkpoint)`). That of the last page is where the next
   * delta begins; it looks back to before this round began.
   */
  checkpoint: Checkpoint
  /**
   * Only on the last page, when the source itself said that there is no more. `all`: every user and every group of the source was in this
   * round (upsert, present or a problem), so whoever was not is gone. `changes`: what has changed was.
   */
  complete?: 'all' | 'changes'
}
