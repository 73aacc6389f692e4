import { sendWebhook } from '@muster/events'
import type { ClaimedDelivery, DeliveryRound, FinishedAttempt } from '@muster/repository'
import type { Outbound } from '@muster/runtime/outbound/outbound'

/**
 * Sends an event to an endpoint once, as GET /api/events shows it; its id is the same in every attempt. Never throws for
 * what the endpoint does.
 */
export async function attemptDelivery(
  outbound: Outbound,
  { event, ...delivery }: ClaimedDelivery,
  receiver: Pick<DeliveryRound, 'url' | 'secrets'>,
): Promise<FinishedAttempt> {
  if (event !== null) return { delivery, ...(await sendWebhook(outbound, receiver, event)) }
  const outcome = { kind: 'failed', status: null, error: 'eventGone', retryAfterSeconds: 0 } as const
  return { delivery, startedAt: new Date(), durationMilliseconds: 0, outcome }
}
