import type { Cause, EventType } from '@muster/events'
import type { Queries } from './database.ts'

/** The handle that can write. Every verb that changes something takes one; only `transact` hands it out. */
export interface Transaction {
  readonly organizationId: string
  readonly db: Queries
  readonly cause: Cause
  /** Adds events to this transaction; they get their sequence numbers as its last act. */
  append(events: readonly EventDraft[]): void
  /** Adds to what a directory counts of its users or groups; written right before the events. */
  count(directoryId: string, kind: 'users' | 'groups', change: number): void
}

export interface EventDraft {
  type: EventType
  directoryId: string | null
  /** The user, group or directory (UUID) the event is about. */
  subjectId: string
  data: Record<string, unknown>
  /** When it is not the cause of the whole transaction: several requests may share one. */
  cause?: Cause | undefined
}
