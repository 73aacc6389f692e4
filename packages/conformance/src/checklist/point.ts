/** How binding something is: the words of RFC 2119, `OURS` for what no RFC demands but we decided, or clients need. */
export const levels = ['MUST', 'SHOULD', 'MAY', 'OURS'] as const
export type Level = (typeof levels)[number]

/** One numbered point of the checklist. The numbers are ids: they stay when points come and go. */
export interface Point {
  readonly number: number
  readonly level: Level
  readonly says: string
  /** RFC and section; errata by number; who needs it, where no RFC says it. */
  readonly source: string
  /** In a later release of Muster: no test shows it yet. */
  readonly later?: true
}

export interface Section {
  readonly title: string
  readonly points: readonly Point[]
}
