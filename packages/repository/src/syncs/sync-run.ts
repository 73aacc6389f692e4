import type { Cause } from '@muster/events'
import type { SyncOccasion, SyncPhase, SyncPurpose, SyncScan, SyncStatus } from '../sync-tables.ts'

/** What went wrong, without secrets; `hint` says what somebody can do. */
export interface RunError {
  code: string
  message: string
  hint?: string | undefined
}

/** A run over one directory: what it reads, what it makes of it, how far it is. */
export interface SyncRun {
  runId: string
  directoryId: string
  purpose: SyncPurpose
  /** What an `undo` takes back. */
  undoesRunId: string | null
  occasion: SyncOccasion
  scan: SyncScan
  status: SyncStatus
  phase: SyncPhase
  /** What asked for it. */
  cause: Cause
  /** How often somebody has begun to work on it. */
  attempts: number
  /** Behind the last page that was read. */
  checkpoint: string | null
  /** How much the source was read to its end; null: it was not. */
  complete: 'all' | 'changes' | null
  pages: number
  /** Records, not counting what was only seen to be there. */
  read: { users: number; groups: number; memberships: number }
  throttledMilliseconds: number
  /** Changes to the directory layer, and how many of them are made. */
  changes: { total: number; done: number }
  /** By kind and effect: `user.create`, `membership.remove`, … */
  changeCounts: Record<string, number>
  /** People who were deprovisioned. */
  usersRemoved: number
  problemCount: number
  /** Where removals wait that were too many. */
  holdId: string | null
  error: RunError | null
  /** The run that took it back. */
  undoneBy: string | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  updatedAt: Date
}

export const runColumns = [
  'run_id',
  'directory_id',
  'purpose',
  'undoes_run_id',
  'occasion',
  'scan',
  'status',
  'phase',
  'cause',
  'attempts',
  'checkpoint',
  'complete',
  'pages',
  'users_read',
  'groups_read',
  'memberships_read',
  'throttled_milliseconds',
  'changes_total',
  'changes_done',
  'change_counts',
  'users_removed',
  'problem_count',
  'hold_id',
  'error',
  'undone_by',
  'created_at',
  'started_at',
  'finished_at',
  'updated_at',
] as const

export interface RunRow {
  run_id: string
  directory_id: string
  purpose: SyncPurpose
  undoes_run_id: string | null
  occasion: SyncOccasion
  scan: SyncScan
  status: SyncStatus
  phase: SyncPhase
  cause: Cause
  attempts: number
  checkpoint: string | null
  complete: 'all' | 'changes' | null
  pages: number
  users_read: number
  groups_read: number
  memberships_read: number
  throttled_milliseconds: number
  changes_total: number
  changes_done: number
  change_counts: Record<string, number>
  users_removed: number
  problem_count: number
  hold_id: string | null
  error: unknown
  undone_by: string | null
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  updated_at: Date
}

export function toRun(row: RunRow): SyncRun {
  return {
    runId: row.run_id,
    directoryId: row.directory_id,
    purpose: row.purpose,
    undoesRunId: row.undoes_run_id,
    occasion: row.occasion,
    scan: row.scan,
    status: row.status,
    phase: row.phase,
    cause: row.cause,
    attempts: row.attempts,
    checkpoint: row.checkpoint,
    complete: row.complete,
    pages: row.pages,
    read: { users: row.users_read, groups: row.groups_read, memberships: row.memberships_read },
    throttledMilliseconds: row.throttled_milliseconds,
    changes: { total: row.changes_total, done: row.changes_done },
    changeCounts: row.change_counts,
    usersRemoved: row.users_removed,
    problemCount: row.problem_count,
    holdId: row.hold_id,
    error: row.error as RunError | null,
    undoneBy: row.undone_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    updatedAt: row.updated_at,
  }
}
