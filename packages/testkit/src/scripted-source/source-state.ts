import type { MemberKey, SourceDocument } from '@muster/connectors'
import type { SourceFaultName } from '@muster/connectors/conformance'

/** A user of a scripted source. Without `userName` it cannot be taken in. */
export interface ScriptedUser {
  id: string
  userName?: string | undefined
  displayName?: string
  /** None: `userName`, when it is an address. */
  emails?: readonly string[]
  /** True without it. */
  active?: boolean
  references?: readonly string[]
  attributes?: SourceDocument
}

export interface ScriptedGroup {
  id: string
  name: string
  references?: readonly string[]
  members: readonly MemberKey[]
  attributes?: SourceDocument
}

/** Where something happens: in the n-th page, from 1 on, of a kind of record, or of the whole round without `phase`. */
export interface ScriptedPlace {
  /** Both snapshot and delta without it. */
  round?: 'snapshot' | 'delta' | 'check'
  phase?: 'users' | 'groups' | 'sweep'
  /** Every page without it. */
  page?: number
}

/** `pause` waits at a gate until it is opened. */
export interface ScriptedEvent {
  at: ScriptedPlace
  does: SourceFaultName | { pause: string }
  /** How often it happens; always without it. */
  times?: number
}

/** What has changed, for deltas. */
export interface JournalEntry {
  sequence: number
  kind: 'user' | 'group'
  id: string
  change: 'created' | 'changed' | 'removed'
  joined?: readonly MemberKey[]
  left?: readonly MemberKey[]
}

export interface SourceSettings {
  /** Records of a page at most; a membership is a record. */
  pageSize: number
  /**
   * `none`: there is no delta. `removals`: it says what is gone and ends with `changes`. `sweep`: it names who is still there and ends with `all`.
   */
  delta: 'none' | 'removals' | 'sweep'
  /** How a delta speaks of members: all of them, or who joined and left. */
  deltaMembers: 'complete' | 'changes'
  /** What a configuration must have as its password. */
  password: string
}

/** All that a scripted source is: plain JSON, so that another process reads it too. Users and groups are in the order of their ids. */
export interface SourceState {
  settings: SourceSettings
  users: ScriptedUser[]
  groups: ScriptedGroup[]
  journal: JournalEntry[]
  sequence: number
  /** Checkpoints of an earlier epoch are expired. */
  epoch: number
  script: ScriptedEvent[]
  openGates: string[]
}

/** What happened at a source: `index` is that of the event in the script. */
export type SourceNote =
  | { kind: 'opened' | 'closed' | 'page'; process: number }
  | { kind: 'event'; index: number }
  | { kind: 'paused'; gate: string; process: number }

export const settingsDefault: SourceSettings = {
  pageSize: 10,
  delta: 'removals',
  deltaMembers: 'complete',
  password: 'scripted-password-Xy7',
}
