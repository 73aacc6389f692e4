import type { Notification, NotificationSupport, NotificationVerdict } from '../notifications.ts'
import type { EntraConfig } from './config.ts'

/** Printable, and nothing that a browser could take for a page: what Graph sends is, and we send it back. */
const validationToken = /^[\x20-\x7e]{1,2048}$/
const markup = /[<>]/

/**
 * What lifecycle events ask for (https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events): a subscription that
 * ends or has ended; notifications that did not come.
 */
const lifecycleEvents: Readonly<Record<string, 'changed' | 'renew'>> = {
  reauthorizationRequired: 'renew',
  subscriptionRemoved: 'renew',
  missed: 'changed',
}

const refused: NotificationVerdict = { means: 'refused' }

/** Change notifications of Graph (https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks). */
export const entraNotifications: NotificationSupport<EntraConfig> = {
  receive: (notification, channel) => {
    if (notification.method !== 'POST') return refused
    if (notification.query.has('validationToken')) return confirm(notification)
    const items = itemsOf(notification.body)
    // Each says the secret: one that does not makes all of them worthless. All are compared, whatever comes of the first.
    const genuine = items.map(({ clientState }) => typeof clientState === 'string' && channel.isSecret(clientState))
    if (items.length === 0 || genuine.includes(false)) return refused
    const meanings = items.map(({ lifecycleEvent }) => lifecycleEvents[String(lifecycleEvent ?? '')] ?? 'changed')
    return { means: meanings.includes('renew') ? 'renew' : 'changed' }
  },
  subscriptions: {
    subscribe: async (...given) => (await import('./subscriptions.ts')).subscribe(...given),
    unsubscribe: async (...given) => (await import('./subscriptions.ts')).unsubscribe(...given),
  },
}

/** Asked before a subscription is made: Graph wants its text back, decoded. It says nothing of anything. */
function confirm({ query }: Notification): NotificationVerdict {
  const token = query.get('validationToken') ?? ''
  if (!validationToken.test(token) || markup.test(token)) return refused
  return { means: 'confirmed', answer: { status: 200, contentType: 'text/plain', body: token } }
}

function itemsOf(body: string): { clientState?: unknown; lifecycleEvent?: unknown }[] {
  try {
    const items: unknown = JSON.parse(body)?.value
    return Array.isArray(items) ? items.map((item) => item ?? {}) : []
  } catch {
    return []
  }
}
