import type { Channel, Notification, NotificationSupport, NotificationVerdict } from '../notifications.ts'
import type { GoogleConfig } from './config.ts'

/**
 * Push channels (developers.google.com/workspace/admin/directory/v1/guides/push). Google tells of users alone, not of groups and
 * their members, and shows who it is by the token that it was given with the channel.
 */
export const googleNotifications: NotificationSupport<GoogleConfig> = {
  receive,
  subscriptions: {
    subscribe: async (config, context, target) =>
      (await import('./watch-users.ts')).watchUsers(config, context, target),
    unsubscribe: async (config, context, subscription) =>
      (await import('./watch-users.ts')).stopWatching(config, context, subscription),
  },
}

/**
 * The message with which a channel begins (`sync`) comes before Google has answered with the channel: its id is not known then, and
 * nothing is looked for by it.
 */
function receive({ method, headers }: Notification, channel: Channel): NotificationVerdict {
  const isSecret = channel.isSecret(headers['x-goog-channel-token'] ?? '')
  const state = headers['x-goog-resource-state'] ?? ''
  if (method !== 'POST' || !isSecret || state === '' || !headers['x-goog-channel-id']) return { means: 'refused' }
  return { means: state === 'sync' ? 'confirmed' : 'changed' }
}
