import type { Api } from '../api/api.ts'
import { eventConstants } from '../generated/events.ts'
import { type Analytics, createAnalytics } from './analytics.ts'
import { createDirectories, type Directories } from './directories.ts'
import { createGroups, type Groups } from './groups.ts'
import { createManaged, createWebhooks, type ManagedResource, type Webhooks } from './managed.ts'
import { createOrganizations, type Organizations } from './organizations.ts'
import { createUsers, type Users } from './users.ts'

/** What can be handled that is no event: what inline hooks ask and tell. */
export const hookConstants = {
  beforeCreate: 'directory.user.before_create',
  afterCreate: 'directory.user.after_create',
} as const

const constants = {
  ...eventConstants,
  Directory: { ...eventConstants.Directory, user: { ...eventConstants.Directory.user, ...hookConstants } },
} as const

type Constants = typeof constants

/** `$`: what there is in Muster. Its constants name events for `on`, its functions call the management API. */
export interface Vocabulary extends Omit<Constants, 'User' | 'Directory' | 'Hook'> {
  User: Constants['User'] & Users
  Group: Groups
  Organization: Organizations
  Directory: Constants['Directory'] & Directories
  Analytics: Analytics
  Webhook: Webhooks
  Hook: Constants['Hook'] & ManagedResource
}

export function createVocabulary(api: Api): Vocabulary {
  return {
    ...constants,
    User: { ...constants.User, ...createUsers(api) },
    Group: createGroups(api),
    Organization: createOrganizations(api),
    Directory: { ...constants.Directory, ...createDirectories(api) },
    Analytics: createAnalytics(api),
    Webhook: createWebhooks(api),
    Hook: { ...constants.Hook, ...createManaged(api, '/api/hooks') },
  }
}
