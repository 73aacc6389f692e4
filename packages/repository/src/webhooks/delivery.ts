import type { AttemptOutcome } from '@muster/events'
import type { EventView } from '../events/list-events.ts'

/** A delivery that somebody has taken for an attempt. */
export interface ClaimedDelivery {
  sequence: number
  /** Until then nobody else takes it; it also tells this claim from every other. */
  claimedUntil: Date
  /** The endpoint is failing, and this is what it is tried with. */
  isProbe: boolean
  /** Null when the log does not keep it any more. */
  event: EventView | null
}

/** An attempt that was made for a claimed delivery. */
export interface FinishedAttempt {
  delivery: Omit<ClaimedDelivery, 'event'>
  startedAt: Date
  durationMilliseconds: number
  outcome: AttemptOutcome
}

/** An attempt as a delivery keeps it. */
export interface AttemptRecord {
  at: string
  durationMilliseconds: number
  status: number | null
  error: AttemptOutcome['error']
}
