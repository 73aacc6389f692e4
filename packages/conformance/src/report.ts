import type { Exchange } from './check-outcome.ts'
import { type Level, levels } from './checklist/point.ts'

export type Outcome = 'passed' | 'failed' | 'skipped'

export interface CheckResult {
  readonly points: readonly number[]
  readonly section: string
  readonly title: string
  readonly level: Level
  /** The sources of its points. */
  readonly source: string
  readonly outcome: Outcome
  /** Why it was skipped, or what went wrong when that was not an answer (no answer in time). */
  readonly reason?: string
  readonly failure?: { readonly expected: string; readonly got: string; readonly exchange?: Exchange }
  readonly durationMs: number
  /** Resources that the check made and could not remove. */
  readonly left: readonly string[]
}

/** `rfc`: what the RFCs say. `compatible`: also what identity providers need, and our own decisions. */
export const conformanceProfiles = ['rfc', 'compatible'] as const
export type ConformanceProfile = (typeof conformanceProfiles)[number]

export interface ConformanceReport {
  readonly baseUrl: string
  readonly profile: ConformanceProfile
  readonly startedAt: string
  readonly durationMs: number
  /** True when no check of a binding level failed and at least one passed. */
  readonly conformant: boolean
  /** The run was interrupted: what follows was not tried. */
  readonly interrupted: boolean
  readonly counts: Counts
  readonly results: readonly CheckResult[]
}

export type Counts = Readonly<Record<Level, Readonly<Record<Outcome, number>>>>

/** Levels whose failures make a server not conformant. */
export const bindingLevels: ReadonlySet<Level> = new Set(['MUST', 'OURS'])

export function countResults(results: readonly CheckResult[]): Counts {
  const of = (level: Level) => {
    const count = (outcome: Outcome) =>
      results.filter((result) => result.level === level && result.outcome === outcome).length
    return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  }
  return Object.fromEntries(levels.map((level) => [level, of(level)])) as Record<Level, ReturnType<typeof of>>
}

export function isConformant(results: readonly CheckResult[]): boolean {
  const failed = results.some(({ level, outcome }) => outcome === 'failed' && bindingLevels.has(level))
  return !failed && results.some(({ outcome }) => outcome === 'passed')
}
