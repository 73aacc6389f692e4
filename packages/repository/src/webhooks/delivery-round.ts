import { type DeliveryPolicy, isFailing } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { openSigningSecrets } from '../signing-secrets/signing-secrets.ts'
import { claimDeliveries, releaseDeliveries } from './claim-deliveries.ts'
import type { ClaimedDelivery, FinishedAttempt } from './delivery.ts'
import { finishAttempts } from './finish-attempts.ts'
import { type LockedEndpoint, lockEndpoint } from './lock-endpoint.ts'
import { queueDelivery, queueLookAfter } from './queue-delivery.ts'

export interface DeliveryRoundInput {
  /** Attempts that ended since the last round, in that order. */
  finished: readonly FinishedAttempt[]
  /** Claimed and not tried. */
  released: readonly ClaimedDelivery[]
  /** How many more may be claimed. */
  capacity: number
  /** Nothing was claimed before: somebody has to look after it from now on. */
  isFirst: boolean
  /** Nothing is under way: when nothing is claimed either, a job goes on when something is due again. */
  isIdle: boolean
}

export interface DeliveryRound {
  claimed: ClaimedDelivery[]
  /** Where what was claimed goes. */
  url: string
  /** What signs it, the newest first. */
  secrets: string[]
  /** From now on the endpoint gets one delivery at a time. */
  isFailing: boolean
}

/**
 * One turn of delivering to an endpoint, in one transaction: writes down what ended, and claims what is due. When nothing is
 * claimed, the queue goes on. Undefined when the endpoint is gone or disabled: nothing more is to
 * be delivered.
 * @throws SecretBoxError when the endpoint's secret cannot be opened
 */
export function deliveryRound(
  database: Database,
  { organizationId, endpointId }: { organizationId: string; endpointId: string },
  input: DeliveryRoundInput,
  settings: { policy: DeliveryPolicy; rootKeys: RootKeys },
): Promise<DeliveryRound | undefined> {
  return transact(database, scopeTo(organizationId), { kind: 'system', id: 'deliver_webhooks' }, async (tx) => {
    const endpoint = await lockEndpoint(tx, endpointId)
    if (endpoint === undefined) return undefined
    const { health, isDisabled } = await settle(tx, endpointId, endpoint, { ...input, policy: settings.policy })
    if (isDisabled) return undefined
    const claimed = await claimDeliveries(
      tx,
      endpointId,
      { ...health, now: endpoint.now },
      { capacity: input.capacity, policy: settings.policy },
    )
    const round = { claimed, url: endpoint.url, isFailing: isFailing(health, settings.policy) }
    if (claimed.length === 0) {
      if (input.isIdle) await queueNext(tx, endpointId, health.retryAt)
      return { ...round, secrets: [] }
    }
    if (input.isFirst) await queueLookAfter(tx, endpointId, endpoint.now)
    const owner = { table: 'webhook_endpoints', id: endpointId } as const
    return { ...round, secrets: await openSigningSecrets(tx, settings.rootKeys, owner, endpoint) }
  })
}

async function settle(
  tx: Transaction,
  endpointId: string,
  endpoint: LockedEndpoint,
  { finished, released, policy }: DeliveryRoundInput & { policy: DeliveryPolicy },
) {
  await releaseDeliveries(tx, endpointId, released)
  // What it was to be tried with was not sent: whoever comes next tries it.
  const wasTried = !released.some((claim) => claim.isProbe)
  return finishAttempts(tx, endpointId, wasTried ? endpoint : { ...endpoint, retry_at: null }, { finished, policy })
}

/** A job for when the first of what waits is due, and the endpoint may be tried. None when nothing waits. */
async function queueNext(tx: Transaction, endpointId: string, retryAt: Date | null): Promise<void> {
  const [first] = await send(
    tx.db,
    sql<{ next_attempt_at: Date }>`
    SELECT next_attempt_at FROM webhook_deliveries
    WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId} AND next_attempt_at IS NOT NULL
    ORDER BY next_attempt_at LIMIT 1`,
  )
  if (first === undefined) return
  const at = retryAt !== null && retryAt > first.next_attempt_at ? retryAt : first.next_attempt_at
  await queueDelivery(tx, endpointId, at)
}
