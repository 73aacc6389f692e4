/**
 * What becomes of removals. `window`: carried out until what a directory pushes in an hour is too much, then held
 * together. `hold`: held, by a hold that is there. `apply`: carried out. `release`: carried out, and so are those that
 * waited in this hold.
 */
export type GuardMode =
  | { kind: 'window'; freshHoldId: string }
  | { kind: 'hold'; holdId: string }
  | { kind: 'apply' }
  | { kind: 'release'; holdId: string }
