import type { MusterEvent } from '../generated/events.ts'

/** Events in order, and the number up to which there are no others to be handled. */
export interface Batch {
  events: readonly MusterEvent[]
  through: number
}
