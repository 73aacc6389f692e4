import type { EventType } from '@muster/events'
import type { Selectable } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Tables } from '../tables.ts'
import type { AttemptRecord } from './delivery.ts'

export type DeliveryState = 'pending' | 'delivered' | 'failed'

/** An event and what became of it at an endpoint. */
export interface Delivery {
  /** UUID. */
  eventId: string
  sequence: number
  type: EventType
  state: DeliveryState
  /** Null when it ended, or waits for an earlier one of the same person or group. */
  nextAttemptAt: Date | null
  /** The last ones, in order. */
  attempts: AttemptRecord[]
  createdAt: Date
  finishedAt: Date | null
}

/** Which deliveries of an endpoint are meant. */
export interface DeliveryQuery {
  endpointId: string
  state: DeliveryState | undefined
}

/** Deliveries of an endpoint, the newest event first: those before a sequence number. */
export async function listDeliveries(
  reader: Reader,
  query: DeliveryQuery,
  page: { before: number | undefined; limit: number },
): Promise<Delivery[]> {
  let rows = deliveriesOf(reader, query).selectAll().orderBy('sequence', 'desc').limit(page.limit)
  if (page.before !== undefined) rows = rows.where('sequence', '<', page.before)
  return (await rows.execute()).map(toDelivery)
}

export async function countDeliveries(reader: Reader, query: DeliveryQuery): Promise<number> {
  const { count } = await deliveriesOf(reader, query)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Undefined when the endpoint has no delivery of this event. */
export async function findDelivery(reader: Reader, endpointId: string, eventId: string): Promise<Delivery | undefined> {
  const row = await deliveriesOf(reader, { endpointId, state: undefined })
    .selectAll()
    .where('event_id', '=', eventId)
    .executeTakeFirst()
  return row && toDelivery(row)
}

function deliveriesOf({ db, organizationId }: Reader, { endpointId, state }: DeliveryQuery) {
  const all = db
    .selectFrom('webhook_deliveries')
    .where('organization_id', '=', organizationId)
    .where('webhook_endpoint_id', '=', endpointId)
  return state === undefined ? all : all.where('state', '=', state)
}

function toDelivery(row: Selectable<Tables['webhook_deliveries']>): Delivery {
  return {
    eventId: row.event_id,
    sequence: row.sequence,
    type: row.event_type,
    state: row.state,
    nextAttemptAt: row.next_attempt_at,
    attempts: row.attempts as unknown as AttemptRecord[],
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }
}
