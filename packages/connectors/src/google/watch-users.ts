import { randomUUID } from 'node:crypto'
import { ConnectorError } from '../connector-error.ts'
import type { ChannelTarget, Subscription, SubscriptionContext } from '../notifications.ts'
import type { GoogleConfig } from './config.ts'
import { GoogleError } from './google-error.ts'
import { type GoogleSource, openSource } from './google-source.ts'

/** A channel is for one of these. */
const events = ['add', 'delete', 'makeAdmin', 'undelete', 'update'] as const

/** As long as Google keeps a channel: two days. */
const lifeSeconds = 172_800

/** Has Google tell of everything that happens to users. @throws ConnectorError; then nothing is told */
export async function watchUsers(
  config: GoogleConfig,
  context: SubscriptionContext,
  target: ChannelTarget,
): Promise<Subscription[]> {
  const source = openSource(config, context)
  const made = await Promise.allSettled(events.map((event) => watch(source, event, target)))
  const subscriptions = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = made.find((one) => one.status === 'rejected')
  if (failed === undefined) return subscriptions
  // Some would be told of and others not; what cannot be ended ends by itself.
  await Promise.allSettled(subscriptions.map((subscription) => stop(source, subscription)))
  throw failed.reason
}

/** @throws ConnectorError */
export async function stopWatching(
  config: GoogleConfig,
  context: SubscriptionContext,
  subscription: Subscription,
): Promise<void> {
  await stop(openSource(config, context), subscription)
}

async function watch(
  source: GoogleSource,
  event: (typeof events)[number],
  { address, secret }: ChannelTarget,
): Promise<Subscription> {
  const channel = await source.ask((api) =>
    api.users.watch({
      ...source.scope.where,
      event,
      // An id may be used once: another attempt has another.
      requestBody: {
        id: `${event}-${randomUUID()}`,
        type: 'web_hook',
        address,
        token: secret,
        params: { ttl: String(lifeSeconds) },
      },
    }),
  )
  const { id, resourceId, expiration } = channel
  if (!id || !resourceId || !(Number(expiration) > 0)) {
    throw new ConnectorError('protocol', 'Google answered with what is no channel.')
  }
  return { id, resource: resourceId, expiresAt: new Date(Number(expiration)) }
}

/** A channel that is gone already is not there to be ended. */
async function stop(source: GoogleSource, { id, resource }: Subscription): Promise<void> {
  await source
    .ask((api) => api.channels.stop({ requestBody: { id, resourceId: resource } }))
    .catch((error: unknown) =>
      error instanceof GoogleError && error.status === 404 ? undefined : Promise.reject(error),
    )
}
