import type { Json } from './json.ts'

export type ReportSection = 'transcript' | 'step' | 'resource' | 'event' | 'user'

/** `skipped` only where the target offers no management API to ask; whatever could not be run otherwise has failed. */
export type Outcome = 'passed' | 'failed' | 'skipped'

/** One thing that was compared. The request carries no header, so that a report never holds a token. */
export interface ReportEntry {
  readonly section: ReportSection
  readonly name: string
  readonly outcome: Outcome
  readonly request?: { readonly method: string; readonly url: string; readonly body?: Json }
  /** With the variables of this run filled in. */
  readonly expected: Json
  readonly got: Json
  /** One line each; empty exactly when the outcome is `passed`. */
  readonly differences: readonly string[]
}

export interface Report {
  readonly transcript: string
  readonly idp: string
  readonly dialect: string
  /** The `{{run}}` of this run: finds its users and groups in the directory afterwards. */
  readonly run: string
  readonly ok: boolean
  readonly durationMs: number
  readonly entries: readonly ReportEntry[]
}

/** An entry that passed if there are no differences. */
export function compared(entry: Omit<ReportEntry, 'outcome'>): ReportEntry {
  return { ...entry, outcome: entry.differences.length === 0 ? 'passed' : 'failed' }
}
