import type { JsonObject } from '@muster/scim'

/** What a source says of a user: facts that every directory has, and its own document. */
export interface SaidUser {
  userName: string
  active: boolean
  displayName?: string
  emails: { value: string; type?: string }[]
  attributes: JsonObject
}

/** What a source says of a group. `members`: what the edges of this run say of it, see SourceGroup of packages/connectors. */
export interface SaidGroup {
  name: string
  members: 'complete' | 'changes' | 'unread'
  attributes: JsonObject
}

/** A user or group that a run has read, or (`present`) seen, or whose end it was told of. */
export interface StagedRecord {
  kind: 'user' | 'group'
  sourceId: string
  effect: 'upsert' | 'remove' | 'present'
  /** With `upsert`: 128 bits as a UUID, the same for the same content. */
  hash?: string
  /** With a user's `upsert`: its userName, folded (comparisonKey). */
  nameKey?: string
  /** Folded as well. With `present`: of one that was read and could not be taken in. */
  referenceKeys?: readonly string[]
  said?: SaidUser | SaidGroup
}

/** A direct membership that a run was told of. */
export interface StagedEdge {
  groupSourceId: string
  effect: 'upsert' | 'remove'
  /** The member's id, or a reference to it, folded. */
  memberKey: string
  byReference: boolean
}

/** A record that a run could not take in. */
export interface StagedProblem {
  code: string
  kind: 'user' | 'group' | 'membership'
  sourceId: string
  detail: string
}

/** A page of a source on its way to the stage, with the position behind it. */
export interface StagedPage {
  records: readonly StagedRecord[]
  edges: readonly StagedEdge[]
  problems: readonly StagedProblem[]
  checkpoint: string
  complete: 'all' | 'changes' | undefined
  /** How long the source made us wait for it. */
  throttledMilliseconds: number
}
