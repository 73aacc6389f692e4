import {
  type AttemptOutcome,
  type DeliveryPolicy,
  deliveryPolicy,
  type EventType,
  newSigningSecret,
} from '@muster/events'
import { newSecretKey } from '@muster/runtime/secret-box'
import {
  type ClaimedDelivery,
  createWebhook,
  type Database,
  deliveryRound,
  type FinishedAttempt,
  fanOut,
  type OrganizationScope,
  type RootKeys,
  transact,
} from '../../src/index.ts'
import { cause } from './directory.ts'

/** One for all tests of a process. */
export const rootKeys = [newSecretKey('test')] as const

export const delivered: AttemptOutcome = { kind: 'delivered', status: 200, error: null, retryAfterSeconds: 0 }
export const refused: AttemptOutcome = { kind: 'failed', status: 500, error: 'status', retryAfterSeconds: 0 }

/** An endpoint, as the management API makes it, from the beginning of the log; answers with its id and secret. */
export async function addEndpoint(
  database: Database,
  scope: OrganizationScope,
  options: { types?: EventType[]; directoryId?: string; url?: string; keys?: RootKeys } = {},
): Promise<{ endpointId: string; secret: string }> {
  const secret = newSigningSecret()
  const url = options.url ?? 'https://receiver.test/hook/path?key=secret'
  const endpoint = await transact(database, scope, cause, (tx) =>
    createWebhook(tx, options.keys ?? rootKeys, { ...options, url, secret, after: 0 }),
  )
  return { endpointId: endpoint.endpointId, secret }
}

/** Appends an event for each of these subjects, in this order. */
export function appendFor(
  database: Database,
  scope: OrganizationScope,
  subjectIds: readonly string[],
  type: EventType = 'directory.user.updated',
): Promise<void> {
  return transact(database, scope, cause, async (tx) => {
    tx.append(subjectIds.map((subjectId, number) => ({ type, directoryId: null, subjectId, data: { number } })))
  })
}

/** Plays a poller for one endpoint, round by round. */
export function playPoller(
  database: Database,
  scope: OrganizationScope,
  endpointId: string,
  policy: DeliveryPolicy = deliveryPolicy,
) {
  const { organizationId } = scope
  const round = async (attempts: readonly FinishedAttempt[] = [], capacity = 100, released: ClaimedDelivery[] = []) =>
    deliveryRound(
      database,
      { organizationId, endpointId },
      { finished: attempts, released, capacity, isFirst: true, isIdle: true },
      { policy, rootKeys },
    )
  const claim = async (capacity?: number) => (await round([], capacity))?.claimed ?? []
  const finish = (claimed: readonly ClaimedDelivery[], outcome: AttemptOutcome, capacity = 0) =>
    round(
      claimed.map((delivery) => ({ delivery, startedAt: new Date(), durationMilliseconds: 1, outcome })),
      capacity,
    )
  return {
    round,
    claim,
    finish,
    fanOut: () => fanOut(database, { kind: 'webhook', organizationId, followerId: endpointId }),
    /** Delivers all that is due until nothing is; answers with the sequence numbers in the order of delivery. */
    deliverAll: async () => {
      const sequences: number[] = []
      for (let claimed = await claim(); claimed.length > 0; claimed = await claim()) {
        sequences.push(...claimed.map((one) => one.sequence))
        await finish(claimed, delivered)
      }
      return sequences
    },
  }
}
