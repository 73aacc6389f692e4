import type { Cause } from '@muster/events'
import type { JsonObject } from '@muster/scim'
import type { HoldReason, HoldStatus, RemovalKind } from '../tables.ts'

/** Removals that wait for somebody's decision, together. */
export interface Hold {
  holdId: string
  /** Null: of several directories. One that is deleted meanwhile stays named. */
  directoryId: string | null
  reason: HoldReason
  status: HoldStatus
  /** What asked for the removals. */
  cause: Cause
  /** Of what there were too many, and how many when the guard stepped in. */
  tripped: Tripped
  /** Whether approving it makes a change of settings that was not made yet. */
  changesSettings: boolean
  createdAt: Date
  expiresAt: Date | null
  decidedAt: Date | null
  /** Null when time decided, or the source itself. */
  decidedBy: Cause | null
}

export interface Tripped {
  kind: RemovalKind
  removals: number
}

export const holdColumns = [
  'hold_id',
  'directory_id',
  'reason',
  'status',
  'cause',
  'tripped',
  'pending',
  'created_at',
  'expires_at',
  'decided_at',
  'decided_by',
] as const

export interface HoldRow {
  hold_id: string
  directory_id: string | null
  reason: HoldReason
  status: HoldStatus
  cause: Cause
  tripped: JsonObject
  pending: JsonObject | null
  created_at: Date
  expires_at: Date | null
  decided_at: Date | null
  decided_by: Cause | null
}

export function toHold(row: HoldRow): Hold {
  return {
    holdId: row.hold_id,
    directoryId: row.directory_id,
    reason: row.reason,
    status: row.status,
    cause: row.cause,
    tripped: row.tripped as unknown as Tripped,
    changesSettings: row.pending !== null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
  }
}
