import type { Generated } from 'kysely'
import type { RunError } from './syncs/sync-run.ts'
import type { InDirectory, Nullable, NullableJson, OptionalJson, Timestamp } from './table-columns.ts'

/** The tables of migration 0018: sources that tell of changes. */
export interface NotificationTables {
  notification_channels: InDirectory & {
    channel_id: string
    kind: ChannelKind
    state: Generated<'pending' | 'active' | 'failed' | 'ending'>
    secret_hash: Nullable<Buffer>
    spare_secret_hash: Nullable<Buffer>
    subscriptions: OptionalJson<StoredSubscription[]>
    ending: OptionalJson<StoredSubscription[]>
    made_at: Nullable<Date>
    expires_at: Nullable<Date>
    renew_at: Nullable<Date>
    failures_in_a_row: Generated<number>
    error: NullableJson<RunError>
    fence: Generated<number>
    leased_until: Nullable<Date>
    last_received_at: Nullable<Date>
    last_refused_at: Nullable<Date>
    created_at: Timestamp
    updated_at: Timestamp
  }
  notification_routes: InDirectory & { channel_id: string; due_at: Nullable<Date> }
}

/** Whether we ask the source to tell, or an administrator of it enters address and secret there. */
export type ChannelKind = 'subscribed' | 'manual'

/** What a source has promised to tell of, as it is stored. */
export interface StoredSubscription {
  id: string
  resource: string
  /** ISO 8601. */
  expiresAt: string
}
