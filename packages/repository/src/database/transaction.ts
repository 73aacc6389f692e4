import type { Cause, EventType } from '@muster/events'
import type { DirectoryCounts } from '../listing/count-kinds.ts'
import type { Queries } from './database.ts'

/** The handle that can write. Every verb that changes something takes one; only `transact` hands it out. */
export interface Transaction {
  readonly organizationId: string
  readonly db: Queries
  readonly cause: Cause
  /** Adds events to this transaction; they get their sequence numbers as its last act. */
  append(events: readonly EventDraft[]): void
  /** Adds to what a directory counts; written right before the events. */
  count(directoryId: string, kind: keyof DirectoryCounts, change: number): void
  /** Adds an entry to the organization's audit trail, by `cause`; written right before the counts. See `appendAudit`. */
  audit(entry: AuditDraft): void
  /** What must have been true for this transaction to commit; awaited before COMMIT. */
  assure(check: Promise<void>): void
  /** Makes sure that the transaction has held this lock (a name) alone since its beginning; begins it anew when not. */
  require(lock: string): void
}

export interface AuditDraft {
  /** What kind of thing, a dot, and what was done to it: `directory.update`. */
  action: string
  /** The id of the thing. */
  target: string
  detail?: Record<string, unknown>
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
