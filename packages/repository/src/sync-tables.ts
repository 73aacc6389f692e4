import type { Cause } from '@muster/events'
import type { JsonObject } from '@muster/scim'
import type { Generated } from 'kysely'
import type { InDirectory, Json, Nullable, NullableJson, OptionalJson, Owned, Timestamp } from './table-columns.ts'

/** The tables of migration 0017, with columns of 0018: directories that are read. */
export interface SyncTables {
  directory_syncs: InDirectory & {
    interval_minutes: Generated<number>
    full_scan_hours: Generated<number>
    delete_after_scans: Generated<number>
    checkpoint: Nullable<string>
    full_scan_at: Nullable<Date>
    synced_at: Nullable<Date>
    synced_count: Nullable<number>
    failures_in_a_row: Generated<number>
    run_id: Nullable<string>
    fence: Generated<number>
    leased_until: Nullable<Date>
    poked_at: Nullable<Date>
    begun_at: Nullable<Date>
    rests_until: Nullable<Date>
    staged_users: Generated<string>
    staged_groups: Generated<string>
    staged_memberships: Generated<string>
  }
  sync_routes: InDirectory & { due_at: Nullable<Date> }
  sync_runs: InDirectory & {
    run_id: string
    purpose: SyncPurpose
    undoes_run_id: Nullable<string>
    occasion: SyncOccasion
    scan: SyncScan
    status: Generated<SyncStatus>
    phase: Generated<SyncPhase>
    cause: Json<Cause>
    attempts: Generated<number>
    checkpoint: Nullable<string>
    complete: Nullable<'all' | 'changes'>
    pages: Generated<number>
    staged_rows: Generated<number>
    users_read: Generated<number>
    groups_read: Generated<number>
    memberships_read: Generated<number>
    throttled_milliseconds: Generated<number>
    changes_total: Generated<number>
    changes_done: Generated<number>
    after_step: Generated<number>
    after_resource_id: Generated<string>
    after_group_id: Generated<string>
    change_counts: OptionalJson<Record<string, number>>
    has_unresolved: Generated<boolean>
    judged: Generated<boolean>
    users_removed: Generated<number>
    problem_count: Generated<number>
    hold_id: Nullable<string>
    error: NullableJson<JsonObject>
    undone_by: Nullable<string>
    created_at: Timestamp
    started_at: Nullable<Date>
    finished_at: Nullable<Date>
    updated_at: Timestamp
  }
  sync_problems: Owned & {
    run_id: string
    problem_id: number
    code: string
    kind: 'user' | 'group' | 'membership'
    source_id: string
    detail: string
  }
  sync_changes: Owned & {
    run_id: string
    step: number
    resource_id: string
    group_id: Generated<string>
    kind: 'user' | 'group' | 'membership'
    effect: SyncEffect
    source_id: Nullable<string>
    before: NullableJson<JsonObject>
    version: Nullable<number>
  }
  source_records: InDirectory & {
    kind: 'user' | 'group'
    source_id: string
    resource_id: string
    hash: string
    active: Generated<boolean>
    missed_scans: Generated<number>
  }
  source_departures: InDirectory & { kind: 'user' | 'group'; source_id: string; departed_at: Timestamp }
  source_references: InDirectory & { reference_key: string; resource_id: string; is_user: boolean }
}

/** `plan`: says what a sync would do. */
export type SyncPurpose = 'sync' | 'plan' | 'undo'
export type SyncOccasion = 'schedule' | 'manual' | 'notification'
export type SyncScan = 'full' | 'delta'
export type SyncStatus = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled'
export type SyncPhase = 'reading' | 'planning' | 'applying' | 'judging' | 'done'
export type SyncEffect = 'create' | 'update' | 'return' | 'deactivate' | 'delete' | 'add' | 'remove'
