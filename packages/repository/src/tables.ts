import type { Cause, EventType } from '@muster/events'
import type { JsonObject } from '@muster/scim'
import type { ColumnType, Generated } from 'kysely'
import type { NotificationTables } from './notification-tables.ts'
import type { SyncTables } from './sync-tables.ts'
import type {
  Credential,
  InDirectory,
  Json,
  Nullable,
  NullableJson,
  OptionalJson,
  Owned,
  SealedSecret,
  Timestamp,
} from './table-columns.ts'

/** The tables of `migrations/`, as Kysely sees them. */
export interface Tables extends SyncTables, NotificationTables {
  organizations: Owned & {
    name: string
    directory_order: Generated<string[]>
    link_by_email: Generated<LinkByEmail>
    verified_domains: Generated<string[]>
    admin_email: Nullable<string>
    sync_filters: OptionalJson<JsonObject>
    guard: OptionalJson<JsonObject>
    hold_expiry_hours: Nullable<number>
    has_role_mappings: Generated<boolean>
    has_before_create: Generated<boolean>
    settings_version: Generated<number>
    created_at: Timestamp
    updated_at: Timestamp
  }
  directories: InDirectory & {
    name: string
    type: DirectoryType
    status: Generated<DirectoryStatus>
    scim_profile: Generated<'compatible' | 'strict'>
    scim_flags: OptionalJson<Record<string, unknown>>
    sealed_config: Nullable<Buffer>
    error_message: Nullable<string>
    activated_at: Nullable<Date>
    is_test: Generated<boolean>
    silent_after_hours: Nullable<number>
    silent_since: Nullable<Date>
    error_since: Nullable<Date>
    mapping: OptionalJson<JsonObject>
    sync_filters: OptionalJson<JsonObject>
    config: OptionalJson<JsonObject>
    created_at: Timestamp
    updated_at: Timestamp
  }
  extension_schemas: Owned & {
    urn_key: string
    schema_urn: string
    resource_type: 'User' | 'Group'
    definition: Json<JsonObject>
    revision: string
    created_at: Timestamp
    updated_at: Timestamp
  }
  directory_tokens: InDirectory &
    Credential & {
      token_id: string
      expires_at: Nullable<Date>
      last_used_at: Nullable<Date>
      warned_at: Nullable<Date>
    }
  api_keys: Owned &
    Credential & {
      api_key_id: string
      name: string
      role: 'ADMIN' | 'VIEWER'
      expires_at: Nullable<Date>
      last_used_at: Nullable<Date>
    }
  data_keys: Owned & { data_key_id: string; sealed_key: Buffer; created_at: Timestamp }
  credential_routes: Owned & {
    credential_hash: Buffer
    kind: 'scim_token' | 'api_key'
    directory_id: Nullable<string>
    credential_id: string
    expires_at: Nullable<Date>
  }
  operator_keys: Credential & { operator_key_id: string; name: string }
  directory_users: InDirectory & {
    directory_user_id: string
    user_name_key: string
    display_name_key: Nullable<string>
    external_id: Nullable<string>
    active: boolean
    selected: Generated<boolean>
    resource: Json<JsonObject>
    folded: NullableJson<JsonObject>
    mapped: Json<Record<string, string>>
    version: Generated<number>
    created_at: Timestamp
    updated_at: Timestamp
  }
  directory_user_emails: InDirectory & {
    directory_user_id: string
    position: number
    value_key: string
    type_key: Nullable<string>
  }
  directory_groups: InDirectory & {
    directory_group_id: string
    display_name: string
    display_name_key: string
    unique_name: boolean
    external_id: Nullable<string>
    resource: Json<JsonObject>
    folded: NullableJson<JsonObject>
    version: Generated<number>
    created_at: Timestamp
    updated_at: Timestamp
  }
  directory_counts: InDirectory & {
    user_count: number
    group_count: number
    active_user_count: Generated<number>
    membership_count: Generated<number>
  }
  memberships: InDirectory & {
    directory_group_id: string
    member_id: ColumnType<string, never, never>
    directory_user_id: Nullable<string>
    child_group_id: Nullable<string>
  }
  users: Owned & {
    user_id: string
    attributes: OptionalJson<Record<string, string>>
    state: 'active' | 'inactive'
    directory_id: Nullable<string>
    idp_id: Nullable<string>
    metadata: OptionalJson<JsonObject>
    manual: OptionalJson<Record<string, string>>
    pinned: OptionalJson<Record<string, string>>
    manager_id: Nullable<string>
    sessions_revoked_at: Nullable<Date>
    last_login_at: Nullable<Date>
    created_at: Timestamp
    updated_at: Timestamp
  }
  user_links: InDirectory & {
    directory_user_id: string
    user_id: string
    active: boolean
    hold_id: Nullable<string>
    kept: NullableJson<JsonObject>
    linked_at: Timestamp
  }
  groups: InDirectory & {
    group_id: string
    name: string
    name_key: string
    idp_id: Nullable<string>
    hold_id: Nullable<string>
    created_at: Timestamp
    updated_at: Timestamp
  }
  user_groups: InDirectory & { user_id: string; group_id: string; hold_id: Nullable<string> }
  user_roles: Owned & { user_id: string; role_id: string; source: string; created_at: Timestamp }
  role_mappings: Owned & {
    role_mapping_id: string
    directory_id: Nullable<string>
    group_id: Nullable<string>
    group_name: Nullable<string>
    group_name_key: Nullable<string>
    role_ids: string[]
    created_at: Timestamp
    updated_at: Timestamp
  }
  holds: Owned & {
    hold_id: string
    directory_id: Nullable<string>
    reason: HoldReason
    status: Generated<HoldStatus>
    cause: Json<Cause>
    tripped: Json<JsonObject>
    pending: NullableJson<JsonObject>
    created_at: Timestamp
    expires_at: Nullable<Date>
    reminded_at: Nullable<Date>
    decided_at: Nullable<Date>
    decided_by: NullableJson<Cause>
  }
  hold_routes: Owned & { hold_id: string }
  removal_counts: InDirectory & {
    kind: RemovalKind
    minute_of_hour: number
    minute: Date
    asked: number
    applied: number
  }
  settlements: Owned & {
    settlement_id: string
    kind: 'directory_users' | 'roles' | 'hold'
    directory_id: Nullable<string>
    hold_id: Nullable<string>
    status: Generated<'running' | 'done'>
    after_directory_id: Nullable<string>
    after_id: Nullable<string>
    total: number
    done: Generated<number>
    cause: Json<Cause>
    created_at: Timestamp
    updated_at: Timestamp
  }
  email_claims: Owned & { email_key: string; user_id: string }
  event_sequences: Owned & { last_sequence: Generated<number> }
  events: Owned & {
    sequence: number
    event_id: string
    type: EventType
    directory_id: Nullable<string>
    subject_id: string
    cause: Json<Cause>
    data: Json<JsonObject>
    occurred_at: Date
  }
  directory_routes: Owned & { directory_id: string }
  followers: Owned & { kind: FollowerKind; follower_id: string; sequence: number; paused: Generated<boolean> }
  webhook_endpoints: Owned &
    SealedSecret & {
      webhook_endpoint_id: string
      url: string
      description: Generated<string>
      types: Nullable<EventType[]>
      directory_id: Nullable<string>
      status: Generated<'enabled' | 'disabled'>
      disabled_reason: Nullable<'gone' | 'dead' | 'manual'>
      failing_since: Nullable<Date>
      failures_in_a_row: Generated<number>
      retry_at: Nullable<Date>
      last_success_at: Nullable<Date>
      created_at: Timestamp
      updated_at: Timestamp
    }
  webhook_deliveries: Owned & {
    webhook_endpoint_id: string
    sequence: number
    event_id: string
    event_type: EventType
    subject_id: string
    state: Generated<'pending' | 'delivered' | 'failed'>
    next_attempt_at: Nullable<Date>
    attempts: OptionalJson<JsonObject[]>
    attempt_count: Generated<number>
    created_at: Timestamp
    finished_at: Nullable<Date>
  }
  hooks: Owned &
    SealedSecret & {
      hook_id: string
      kind: HookKind
      url: string
      policy: HookPolicy
      timeout_milliseconds: Generated<number>
      status: Generated<'enabled' | 'disabled'>
      failing_since: Nullable<Date>
      failures_in_a_row: Generated<number>
      retry_at: Nullable<Date>
      leased_until: Nullable<Date>
      last_error: Nullable<string>
      last_success_at: Nullable<Date>
      created_at: Timestamp
      updated_at: Timestamp
    }
  arrivals: InDirectory & {
    directory_user_id: string
    user_id: string
    state: Generated<'waiting' | 'vetoed'>
    reason: Nullable<string>
    cause: Json<Cause>
    arrived_at: Timestamp
    asked_at: Nullable<Date>
    asked_version: Nullable<number>
    failures_in_a_row: Generated<number>
    error: Nullable<string>
    ask_at: Timestamp
  }
  daily_tallies: InDirectory & {
    day: string
    users_created: Generated<number>
    users_updated: Generated<number>
    users_deactivated: Generated<number>
    users_reactivated: Generated<number>
    users_deleted: Generated<number>
    groups_created: Generated<number>
    groups_deleted: Generated<number>
    membership_changes: Generated<number>
    syncs_completed: Generated<number>
    syncs_failed: Generated<number>
    sync_milliseconds: Generated<number>
    last_sync_at: Nullable<Date>
  }
  audit_entries: Owned & {
    audit_entry_id: string
    actor: Json<JsonObject>
    action: string
    target: string
    detail: Json<JsonObject>
    occurred_at: Date
    sequence: number
    entry: string
    hash: Buffer
  }
  audit_heads: Owned & { last_sequence: Generated<number>; last_hash: Generated<Buffer> }
}

/** What follows the event log by a cursor of its own. */
export type FollowerKind = 'webhook' | 'after_create' | 'tally'
export type HookKind = 'before_create' | 'after_create'
export type HookPolicy = 'proceed' | 'hold'
export type LinkByEmail = 'organization' | 'verifiedDomains' | 'never'
/** What the guard counts. */
export type RemovalKind = 'users' | 'groups' | 'memberships'
export type HoldReason = 'push' | 'settings' | 'directory_deleted' | 'sync'
export type HoldStatus = 'open' | 'approved' | 'rejected' | 'expired' | 'withdrawn'
export type DirectoryType = 'SCIM' | 'AZURE_AD' | 'GOOGLE_WORKSPACE' | 'LDAP' | 'AWS_DIRECTORY' | 'OKTA'
export type DirectoryStatus = 'PENDING' | 'ACTIVE' | 'ERROR' | 'PAUSED'
