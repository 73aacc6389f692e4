import type { Capability } from './capabilities.ts'
import type { Level } from './checklist/point.ts'
import type { Subject } from './subject.ts'

/** One thing to try on a server, from outside, independent of every other. */
export interface Check {
  /** The points of the checklist that it shows; it is listed under the first. */
  readonly points: readonly [number, ...number[]]
  readonly title: string
  /** What a failure means: of MUST and OURS, that the run fails; of SHOULD, a warning; of MAY, a note. */
  readonly level: Level
  /** Without these the check is skipped. */
  readonly needs?: readonly Capability[]
  /** RFC only: what a tolerant server departs from on purpose. */
  readonly only?: 'rfc'
  /** Throws CheckFailure, or CheckSkipped when the server turns out not to offer what is checked. */
  run(subject: Subject): Promise<void>
}
