import { ConnectorError } from '@muster/connectors'
import {
  type ChannelWork,
  claimChannel,
  failChannel,
  finishChannel,
  hashChannelSecret,
  newChannelSecret,
  type StoredSubscription,
  storeSubscriptions,
} from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { toRunFailure } from '@muster/sync'
import type { TaskContext } from '../tasks/task-context.ts'
import { channelRetrySeconds, leaseSeconds, renewalSeconds } from './channel-pace.ts'
import { openChannelSource, type SourceOfChannel } from './channel-source.ts'

/**
 * Makes, renews and ends the subscriptions of a channel, whatever is due. The secret of a subscription is made here and nowhere kept: its
 * hash is stored first, and when the process ends before the subscription is known, what comes by it is refused until it expires.
 */
export async function keepChannel(context: TaskContext, payload: unknown): Promise<void> {
  if (!isChannelJob(payload)) throw new TypeError('The payload names no organization and directory')
  const { database } = context
  const secret = newChannelSecret()
  const work = await claimChannel(database, payload, { leaseSeconds, secretHash: hashChannelSecret(secret) })
  if (work === undefined) return
  try {
    // What was left to be ended has expired.
    if (!work.subscribes && work.ending.length === 0) return await finish(context, work, [])
    const source = await openChannelSource(context, work)
    const ending = work.subscribes ? await subscribe(context, work, source, secret) : work.ending
    if (ending !== undefined) await finish(context, work, await endEach(context, source, ending))
  } catch (error) {
    await fail(context, work, error)
  }
}

/** Answers with what is to be ended by now; undefined when somebody wants something else of the channel meanwhile. */
async function subscribe(
  context: TaskContext,
  work: ChannelWork,
  source: SourceOfChannel,
  secret: string,
): Promise<readonly StoredSubscription[] | undefined> {
  const subscriptions = await source.subscribe(secret)
  if (subscriptions.length === 0) throw new ConnectorError('protocol', 'The source has promised nothing.')
  const renewInSeconds = renewalSeconds(subscriptions.map(({ expiresAt }) => expiresAt))
  const ending = await storeSubscriptions(context.database, work, { subscriptions, renewInSeconds })
  if (ending === undefined) await endEach(context, source, subscriptions)
  return ending
}

/** Answers with what could not be ended. */
async function endEach(
  { logger }: TaskContext,
  source: SourceOfChannel,
  subscriptions: readonly StoredSubscription[],
): Promise<StoredSubscription[]> {
  const ends = await Promise.allSettled(subscriptions.map((subscription) => source.unsubscribe(subscription)))
  return subscriptions.filter((_, at) => {
    const end = ends[at]
    if (end?.status !== 'rejected') return false
    if (!(end.reason instanceof ConnectorError)) throw end.reason
    logger.warn({ code: end.reason.code, message: end.reason.message }, 'a subscription could not be ended')
    return true
  })
}

function finish({ database }: TaskContext, work: ChannelWork, ending: readonly StoredSubscription[]): Promise<void> {
  return finishChannel(database, work, { ending, retryInSeconds: channelRetrySeconds({ failures: work.failures + 1 }) })
}

async function fail({ database, logger }: TaskContext, work: ChannelWork, thrown: unknown): Promise<void> {
  const directoryId = toTypeId('directory', work.directoryId)
  const { error, retryAfterMilliseconds } = toRunFailure(thrown)
  if (error.code === 'internal') logger.error({ err: thrown, directoryId }, 'a channel could not be kept')
  else logger.warn({ directoryId, ...error }, 'a source could not be asked to tell of changes')
  const retryInSeconds = channelRetrySeconds({ failures: work.failures + 1, retryAfterMilliseconds })
  await failChannel(database, work, { error, retryInSeconds })
}

function isChannelJob(payload: unknown): payload is { organizationId: string; directoryId: string } {
  if (typeof payload !== 'object' || payload === null) return false
  const { organizationId, directoryId } = payload as Record<string, unknown>
  return typeof organizationId === 'string' && typeof directoryId === 'string'
}
