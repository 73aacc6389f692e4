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

/** A server did something else than a check demands. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
  readonly expected: string
  readonly got: string
  /** What was sent and answered last, if that is what the failure is about. */
  readonly exchange: Exchange | undefined

  constructor(expected: string, got: string, exchange?: Exchange) {
    super(`expected ${expected}, got ${got}`)
    this.expected = expected
    this.got = got
    this.exchange = exchange
  }
}

/** Nothing can be said: the server does not offer what the check is about. */
export class CheckSkipped extends Error {
  override readonly name = 'CheckSkipped'
}

/** A request and its answer as a report shows them: without credentials. */
export interface Exchange {
  readonly method: string
  /** Below the base URL; absolute when it is elsewhere. */
  readonly path: string
  readonly body: string | undefined
  readonly status: number
  readonly answer: string
}
