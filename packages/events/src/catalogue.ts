import type { TProperties } from 'typebox'
import { groupChangesSchema, userChangesSchema } from './schemas/changes.ts'
import { directoryOrNone, directorySchema } from './schemas/directory.ts'
import { deliverySchema, disabledEndpointSchema, endpointSchema } from './schemas/endpoint.ts'
import { groupSchema, userIdsSchema } from './schemas/group.ts'
import { holdSchema } from './schemas/hold.ts'
import { failingHookSchema, hookSchema } from './schemas/hook.ts'
import { roleSchema } from './schemas/role.ts'
import { errorSchema, runSchema, statsSchema } from './schemas/sync.ts'
import { tokenSchema } from './schemas/token.ts'
import { erasedUserSchema, userSchema } from './schemas/user.ts'
import { openObject, timestamp } from './schemas/values.ts'

/** What an event is about; delivery keeps the events of one subject in order. */
type Subject = 'directory' | 'user' | 'group' | 'hold' | 'endpoint' | 'hook'

interface EventDefinition {
  subject: Subject
  /** When it happens, for readers. */
  when: string
  /** Whether somebody should look at it. */
  alarm?: true
  /** The members of `data`; there is no other. */
  data: TProperties
}

const directory = { directory: directorySchema }
const user = { user: userSchema, directory: directoryOrNone }
const group = { group: groupSchema, directory: directoryOrNone }
const hold = { hold: holdSchema, directory: directoryOrNone }

/**
 * Every event type. The table in `docs/events.md`, the types of the SDK and `GET /api/event-types` follow from it; a type
 * that is not here cannot be appended.
 */
export const eventCatalogue = {
  'directory.activated': {
    subject: 'directory',
    when: 'An identity provider used its credentials for the first time, or a first sync ended.',
    data: directory,
  },
  'directory.sync_completed': {
    subject: 'directory',
    when: 'A sync run ended; `stats` counts what it changed.',
    data: { ...directory, run: runSchema, stats: statsSchema },
  },
  'directory.sync_failed': {
    subject: 'directory',
    when: 'A sync run failed: nobody was touched by what it did not read.',
    alarm: true,
    data: { ...directory, run: runSchema, error: errorSchema },
  },
  'directory.error': {
    subject: 'directory',
    when: 'A directory can no longer be read, after all attempts.',
    alarm: true,
    data: { ...directory, error: errorSchema },
  },
  'directory.silent': {
    subject: 'directory',
    when: 'The identity provider sent nothing for longer than the directory allows.',
    alarm: true,
    data: { ...directory, lastRequestAt: timestamp },
  },
  'directory.recovered': {
    subject: 'directory',
    when: 'A directory that was in error or silent, `since` then, is heard again.',
    data: { ...directory, since: timestamp },
  },
  'directory.deleted': {
    subject: 'directory',
    when: 'A directory was deleted; the events of its people follow.',
    data: directory,
  },
  'directory.user.created': { subject: 'user', when: 'A person came into being.', data: user },
  'directory.user.updated': {
    subject: 'user',
    when: 'Attributes of a person changed, its manager or directory, what is pinned, its metadata, or the sources of a role that stays.',
    data: { ...user, changes: userChangesSchema },
  },
  'directory.user.deactivated': {
    subject: 'user',
    when: 'A person became inactive: end its sessions (`sessionsRevokedAt`).',
    data: user,
  },
  'directory.user.reactivated': {
    subject: 'user',
    when: 'An inactive person is active again, groups and roles included.',
    data: user,
  },
  'directory.user.deleted': {
    subject: 'user',
    when: 'The last directory that held the person no longer does; the person is kept, inactive.',
    data: user,
  },
  'directory.user.synced': {
    subject: 'user',
    when: 'The raw attributes of a directory user changed; `rawAttributes` is the whole document.',
    data: { ...user, rawAttributes: openObject },
  },
  'directory.user.erased': {
    subject: 'user',
    when: 'A person was erased on request; what earlier events said of it is `{ "erased": true }` now.',
    data: { user: erasedUserSchema },
  },
  'user.role_assigned': {
    subject: 'user',
    when: 'A person has a role now that it had from nowhere before.',
    data: { ...user, role: roleSchema },
  },
  'user.role_removed': {
    subject: 'user',
    when: 'A person has a role from nowhere any more.',
    data: { ...user, role: roleSchema },
  },
  'directory.group.created': { subject: 'group', when: 'A group came into being.', data: group },
  'directory.group.updated': {
    subject: 'group',
    when: 'The name of a group changed, or its id in the source.',
    data: { ...group, changes: groupChangesSchema },
  },
  'directory.group.deleted': {
    subject: 'group',
    when: 'A group is gone; the removal of its members came before.',
    data: group,
  },
  'directory.group.user_added': {
    subject: 'group',
    when: 'Active persons joined, directly or by a group inside it.',
    data: { ...group, userIds: userIdsSchema },
  },
  'directory.group.user_removed': {
    subject: 'group',
    when: 'Active persons left, directly or with a group inside it.',
    data: { ...group, userIds: userIdsSchema },
  },
  'hold.created': {
    subject: 'hold',
    when: 'The guard holds removals: people keep what they have until somebody decides.',
    alarm: true,
    data: hold,
  },
  'hold.pending': { subject: 'hold', when: 'A hold is open for another day.', alarm: true, data: hold },
  'hold.approved': {
    subject: 'hold',
    when: 'What waited is carried out; the events of its people follow.',
    data: hold,
  },
  'hold.rejected': { subject: 'hold', when: 'What waited is not carried out: people keep what they have.', data: hold },
  'hold.expired': { subject: 'hold', when: 'Nobody decided in time: as if rejected.', data: hold },
  'hold.withdrawn': { subject: 'hold', when: 'The source took back all that waited.', data: hold },
  'token.expiring': {
    subject: 'directory',
    when: 'A SCIM token expires within 14 days. Once a token.',
    alarm: true,
    data: { ...directory, token: tokenSchema },
  },
  'webhook_endpoint.disabled': {
    subject: 'endpoint',
    when: 'A webhook endpoint gets nothing any more: it answered 410, or nothing reached it for three days.',
    alarm: true,
    data: { endpoint: disabledEndpointSchema },
  },
  'webhook_endpoint.delivery_failed': {
    subject: 'endpoint',
    when: 'An event could not be delivered for three days, while others were.',
    alarm: true,
    data: { endpoint: endpointSchema, delivery: deliverySchema },
  },
  'hook.failing': {
    subject: 'hook',
    when: 'An inline hook does not answer, or not as agreed.',
    alarm: true,
    data: { hook: failingHookSchema },
  },
  'hook.recovered': {
    subject: 'hook',
    when: 'An inline hook that was failing answers again.',
    data: { hook: hookSchema },
  },
} as const satisfies Record<string, EventDefinition>

export type EventType = keyof typeof eventCatalogue

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(eventCatalogue, text)
}

/** The most ids one membership event carries; a larger change is several events. */
export const userIdsPerEventMax = 1_000
