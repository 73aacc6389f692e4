import { toTypeId } from '@muster/runtime/type-ids'
import type { EventDraft } from '../database/transaction.ts'

/** A delivery that nobody tries any more. */
export interface GivenUp {
  eventId: string
  sequence: number
  type: string
  attempts: number
}

/** What became of an endpoint is seen by everybody who reads the log: what is secret of its address is left out. */
export function endpointDisabledEvent(endpointId: string, url: string, reason: 'gone' | 'dead'): EventDraft {
  return endpointEvent('webhook_endpoint.disabled', endpointId, { endpoint: { ...reference(endpointId, url), reason } })
}

export function deliveryFailedEvent(endpointId: string, url: string, delivery: GivenUp): EventDraft {
  return endpointEvent('webhook_endpoint.delivery_failed', endpointId, {
    endpoint: reference(endpointId, url),
    delivery,
  })
}

function endpointEvent(
  type: 'webhook_endpoint.disabled' | 'webhook_endpoint.delivery_failed',
  endpointId: string,
  data: Record<string, unknown>,
): EventDraft {
  return { type, directoryId: null, subjectId: endpointId, data }
}

function reference(endpointId: string, url: string) {
  const { origin, pathname } = new URL(url)
  return { id: toTypeId('webhookEndpoint', endpointId), url: `${origin}${pathname}` }
}
