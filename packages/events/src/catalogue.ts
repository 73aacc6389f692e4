type Subject = 'directory' | 'user' | 'group' | 'hold' | 'endpoint' | 'hook'

/**
 * Every event type: what it is about (the subject that delivery keeps in order) and when it happens.
 * `docs/events.md` says the same for readers; a type that is not here cannot be appended.
 */
export const eventCatalogue = {
  'directory.activated': {
    subject: 'directory',
    when: 'An identity provider used its credentials for the first time, or a first sync ended.',
  },
  'directory.sync_completed': {
    subject: 'directory',
    when: 'A sync run ended; `stats` counts what it changed.',
  },
  'directory.sync_failed': {
    subject: 'directory',
    when: 'A sync run failed: nobody was touched by what it did not read; `error`.',
  },
  'directory.error': {
    subject: 'directory',
    when: 'A directory can no longer be read, after all attempts; `error`.',
  },
  'directory.silent': {
    subject: 'directory',
    when: 'The identity provider sent nothing for longer than the directory allows; `lastRequestAt`.',
  },
  'directory.recovered': {
    subject: 'directory',
    when: 'A directory that was in error or silent is heard again.',
  },
  'directory.deleted': { subject: 'directory', when: 'A directory was deleted; the events of its people follow.' },
  'directory.user.created': { subject: 'user', when: 'A person came into being.' },
  'directory.user.updated': { subject: 'user', when: 'Attributes of a person changed; `changes` has from and to.' },
  'directory.user.deactivated': { subject: 'user', when: 'A person became inactive; sessions are to be revoked.' },
  'directory.user.reactivated': { subject: 'user', when: 'An inactive person is active again.' },
  'directory.user.deleted': {
    subject: 'user',
    when: 'The last directory that held the person no longer does; the person is kept, inactive.',
  },
  'directory.user.synced': {
    subject: 'user',
    when: 'The raw attributes of a directory user changed; `rawAttributes` is the whole document.',
  },
  'directory.user.erased': {
    subject: 'user',
    when: 'A person was erased, and what earlier events said of it; `user` has the id only.',
  },
  'user.role_assigned': { subject: 'user', when: 'A person has a role now that it had from nowhere before; `role`.' },
  'user.role_removed': { subject: 'user', when: 'A person has a role from nowhere any more; `role`.' },
  'directory.group.created': { subject: 'group', when: 'A group came into being.' },
  'directory.group.updated': { subject: 'group', when: 'A group changed; `changes` has from and to.' },
  'directory.group.deleted': { subject: 'group', when: 'A group is gone; the removal of its members came before.' },
  'directory.group.user_added': {
    subject: 'group',
    when: 'Active persons joined, also by a group inside it: up to 1,000 `userIds` an event.',
  },
  'directory.group.user_removed': {
    subject: 'group',
    when: 'Active persons left, also with a group inside it: up to 1,000 `userIds` an event.',
  },
  'hold.created': {
    subject: 'hold',
    when: 'The guard holds removals: people keep what they have until somebody decides; `hold`.',
  },
  'hold.pending': { subject: 'hold', when: 'A hold is open for another day.' },
  'hold.approved': { subject: 'hold', when: 'What waited is carried out; the events of its people follow.' },
  'hold.rejected': { subject: 'hold', when: 'What waited is not carried out: people keep what they have.' },
  'hold.expired': { subject: 'hold', when: 'Nobody decided in time: as if rejected.' },
  'hold.withdrawn': { subject: 'hold', when: 'The source took back all that waited.' },
  'token.expiring': {
    subject: 'directory',
    when: 'A SCIM token expires within 14 days; `token` has id, hint and expiresAt. Once a token.',
  },
  'webhook_endpoint.disabled': {
    subject: 'endpoint',
    when: 'A webhook endpoint gets nothing any more: it answered 410, or nothing reached it for three days; `endpoint`.',
  },
  'webhook_endpoint.delivery_failed': {
    subject: 'endpoint',
    when: 'An event could not be delivered for three days, while others were; `endpoint`, `delivery`.',
  },
  'hook.failing': { subject: 'hook', when: 'An inline hook does not answer, or not as agreed; `hook`.' },
  'hook.recovered': { subject: 'hook', when: 'An inline hook that was failing answers again; `hook`.' },
} as const satisfies Record<string, { subject: Subject; when: string }>

export type EventType = keyof typeof eventCatalogue

/** What made a change happen. `id` names it in the logs: a request, a sync run, an API key. */
export interface Cause {
  kind: 'scim' | 'sync' | 'api' | 'hook' | 'system'
  id: string
}

/** The most ids one membership event carries; a larger change is several events. */
export const userIdsPerEventMax = 1_000
