import { ConnectorError, type ConnectorType, notificationAddress, type Subscription } from '@muster/connectors'
import type { ChannelWork, StoredSubscription } from '@muster/repository'
import { withDeadline } from '@muster/runtime/outbound/deadline'
import { encodeUuid } from '@muster/runtime/type-ids'
import { storedConfig } from '../syncs/open-source.ts'
import type { TaskContext } from '../tasks/task-context.ts'
import { callMilliseconds } from './channel-pace.ts'

/** The source of a channel, with the configuration of its directory. What it does throws ConnectorError. */
export interface SourceOfChannel {
  subscribe(secret: string): Promise<StoredSubscription[]>
  unsubscribe(subscription: StoredSubscription): Promise<void>
}

/** @throws ConnectorError `configuration` when the source cannot be asked */
export async function openChannelSource(context: TaskContext, work: ChannelWork): Promise<SourceOfChannel> {
  const definition = context.connectors[work.directoryType as ConnectorType]
  const subscriptions = definition?.notifications?.subscriptions
  if (definition === undefined || subscriptions === undefined) {
    throw new ConnectorError('configuration', 'This release asks no source of this type to tell of changes.')
  }
  const channelId = encodeUuid(work.channelId)
  const address = notificationAddress(context.publicUrl, channelId)
  if (address === undefined) {
    throw new ConnectorError('configuration', 'Sources notify https addresses only: SCIM_BASE_URL must be one.')
  }
  const config = await storedConfig(context, work)
  definition.assertConfig?.(config)
  const { outbound } = context
  const logger = context.logger.child({ connector: definition.type })
  return {
    subscribe: async (secret) => {
      const made = await inTime((signal) =>
        subscriptions.subscribe(config, { outbound, logger, signal }, { channelId, address, secret }),
      )
      return made.map(({ id, resource, expiresAt }) => ({ id, resource, expiresAt: expiresAt.toISOString() }))
    },
    unsubscribe: (stored) => {
      const subscription: Subscription = { ...stored, expiresAt: new Date(stored.expiresAt) }
      return inTime((signal) => subscriptions.unsubscribe(config, { outbound, logger, signal }, subscription))
    },
  }
}

async function inTime<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withDeadline(callMilliseconds, call).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error
    throw new ConnectorError('timeout', `The source did not answer within ${callMilliseconds / 1_000} seconds.`)
  })
}
