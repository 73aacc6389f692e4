import type { EventType } from '@muster/events'

/** Which column of `daily_tallies` counts which events. */
export const countedEvents = {
  users_created: 'directory.user.created',
  users_updated: 'directory.user.updated',
  users_deactivated: 'directory.user.deactivated',
  users_reactivated: 'directory.user.reactivated',
  users_deleted: 'directory.user.deleted',
  groups_created: 'directory.group.created',
  groups_deleted: 'directory.group.deleted',
  syncs_completed: 'directory.sync_completed',
  syncs_failed: 'directory.sync_failed',
} as const satisfies Record<string, EventType>

/** Their `userIds` are counted, one by one. */
export const membershipEvents = [
  'directory.group.user_added',
  'directory.group.user_removed',
] as const satisfies readonly EventType[]
