import { ConnectorError } from '../connector-error.ts'
import type { ChannelTarget, Subscription, SubscriptionContext } from '../notifications.ts'
import type { EntraConfig } from './config.ts'
import { type Graph, openGraph } from './graph.ts'

/** Under the 29 days that Graph allows for users and groups: whoever forgets us forgets us sooner. */
const lifetimeMilliseconds = 7 * 24 * 3_600_000

/** Lists that are told of. `updated` is also said of what is new or in the bin; `deleted` of what is gone for good. */
const resources = ['users', 'groups'] as const

/** Both lists or none. @throws ConnectorError */
export async function subscribe(
  config: EntraConfig,
  context: SubscriptionContext,
  target: ChannelTarget,
): Promise<readonly Subscription[]> {
  const graph = graphOf(config, context)
  const made: Subscription[] = []
  try {
    for (const resource of resources) made.push(await subscribeTo(graph, resource, target))
    return made
  } catch (error) {
    for (const { id } of made) await end(graph, id).catch(() => undefined)
    throw error
  }
}

/** @throws ConnectorError */
export async function unsubscribe(
  config: EntraConfig,
  context: SubscriptionContext,
  { id }: Subscription,
): Promise<void> {
  await end(graphOf(config, context), id)
}

function graphOf(config: EntraConfig, context: SubscriptionContext): Graph {
  return openGraph(config, { ...context, onThrottled: () => undefined })
}

async function subscribeTo(graph: Graph, resource: string, { address, secret }: ChannelTarget): Promise<Subscription> {
  const expires = new Date(Date.now() + lifetimeMilliseconds)
  const made = (await graph.post(graph.url('/subscriptions'), {
    changeType: 'updated,deleted',
    resource,
    notificationUrl: address,
    lifecycleNotificationUrl: address,
    clientState: secret,
    expirationDateTime: expires.toISOString(),
  })) as { id?: unknown; expirationDateTime?: unknown } | null
  const until = Date.parse(String(made?.expirationDateTime))
  if (typeof made?.id !== 'string' || made.id === '') {
    throw new ConnectorError('protocol', 'Microsoft Graph made a subscription without an id.')
  }
  return { id: made.id, resource, expiresAt: Number.isNaN(until) ? expires : new Date(until) }
}

function end(graph: Graph, id: string): Promise<void> {
  return graph.delete(graph.url(`/subscriptions/${encodeURIComponent(id)}`))
}
