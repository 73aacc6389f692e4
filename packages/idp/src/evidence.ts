/**
 * How sure we are that an identity provider does this: its vendor says or shows so, or several observers agree
 * (`verified`); one observer does (`one source`); nobody we could name does, but it is widely told (`background`).
 */
export type Certainty = 'verified' | 'one source' | 'background'

/** One thing that a transcript takes for granted about its identity provider. */
export interface Evidence {
  readonly fact: string
  readonly certainty: Certainty
  /** Where it can be read; only `background` has none. */
  readonly source?: string
}
