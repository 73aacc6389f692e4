import type { NotificationSupport } from '../notifications.ts'
import type { OktaConfig } from './config.ts'

const challengeHeader = 'x-okta-verification-challenge'
const challengeCharactersMax = 1_024
const hookEventType = 'com.okta.event_hook'

/**
 * Event hooks (developer.okta.com/docs/concepts/event-hooks). An administrator makes them, with the channel's secret as the
 * `Authorization` header, which Okta sends with every request, that of the verification included. What an event says is not
 * believed: it may be late, and twice; a run asks for what has changed.
 */
export const oktaNotifications: NotificationSupport<OktaConfig> = {
  instructions:
    'In the Okta Admin Console, Workflow, Event Hooks: create one with the address as its URL, `Authorization` as its authentication field and the secret as its authentication secret, choose the events of users and groups, and verify it.',
  receive: ({ method, headers, body }, channel) => {
    if (!channel.isSecret(headers.authorization ?? '')) return { means: 'refused' }
    const challenge = headers[challengeHeader]
    if (method === 'GET' && challenge !== undefined && challenge.length <= challengeCharactersMax) {
      const verification = JSON.stringify({ verification: challenge })
      return { means: 'confirmed', answer: { status: 200, contentType: 'application/json', body: verification } }
    }
    if (method !== 'POST' || !holdsEvents(body)) return { means: 'refused' }
    // Okta takes 200 and 204 for delivered, and expects nothing in it.
    return { means: 'changed', answer: { status: 200, contentType: 'text/plain', body: '' } }
  },
}

function holdsEvents(body: string): boolean {
  try {
    const hook = JSON.parse(body)
    return hook?.eventType === hookEventType && Array.isArray(hook.data?.events) && hook.data.events.length > 0
  } catch {
    return false
  }
}
