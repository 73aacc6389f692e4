import { sql } from 'kysely'

/** What happened in some time, in numbers. */
export interface Tally {
  usersCreated: number
  usersUpdated: number
  usersDeactivated: number
  usersReactivated: number
  usersDeleted: number
  groupsCreated: number
  groupsDeleted: number
  /** Persons who joined or left a group, each counted. */
  membershipChanges: number
  syncsCompleted: number
  syncsFailed: number
  /** Of the completed ones, together. */
  syncMilliseconds: number
  /** When the last one was completed; null when none was. */
  lastSyncAt: Date | null
}

const columns = {
  usersCreated: 'users_created',
  usersUpdated: 'users_updated',
  usersDeactivated: 'users_deactivated',
  usersReactivated: 'users_reactivated',
  usersDeleted: 'users_deleted',
  groupsCreated: 'groups_created',
  groupsDeleted: 'groups_deleted',
  membershipChanges: 'membership_changes',
  syncsCompleted: 'syncs_completed',
  syncsFailed: 'syncs_failed',
  syncMilliseconds: 'sync_milliseconds',
} as const satisfies Record<Exclude<keyof Tally, 'lastSyncAt'>, string>

/** What is to be selected of `daily_tallies` for a row that is a `Tally`. */
export const tallyColumns = sql.join([
  ...Object.entries(columns).map(
    ([name, column]) => sql`coalesce(sum(${sql.ref(column)}), 0)::bigint AS ${sql.id(name)}`,
  ),
  sql`max(last_sync_at) AS "lastSyncAt"`,
])
