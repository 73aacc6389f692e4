import type { Delivery } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { nullableText, nullableTimestamp, timestamp } from '../schema/values.ts'

export const deliveryStates = ['pending', 'delivered', 'failed'] as const

const attemptSchema = Type.Object({
  at: timestamp,
  durationMilliseconds: Type.Integer(),
  status: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Null when there was no answer.' }),
  error: Type.Unsafe<string | null>({
    ...nullableText,
    description: 'What went wrong, by name: docs/webhooks.md has them all. Null for a success.',
  }),
})

const properties = {
  eventId: Type.String({ description: 'The `webhook-id` of every attempt.' }),
  sequence: Type.Integer(),
  type: Type.String(),
  state: Type.Enum(deliveryStates),
  nextAttemptAt: Type.Unsafe<string | null>({
    ...nullableTimestamp,
    description: `When it is tried (again); during an attempt, when another is made should no word come of it. Null when it has ended,
and while it waits for an earlier event of the same person or group.`,
  }),
  createdAt: timestamp,
  finishedAt: nullableTimestamp,
}

/** An event on its way to a webhook endpoint, or arrived. */
export const deliverySchema = Type.Object({
  ...properties,
  lastAttempt: Type.Unsafe<Static<typeof attemptSchema> | null>({ ...attemptSchema, type: ['object', 'null'] }),
})

export const deliveryDetailSchema = Type.Object({
  ...properties,
  attempts: Type.Array(attemptSchema, { description: 'The last 20, in order.' }),
})

export function representDelivery({ attempts, ...delivery }: Delivery): Static<typeof deliverySchema> {
  return { ...shared(delivery), lastAttempt: attempts.at(-1) ?? null }
}

export function representDeliveryDetail({ attempts, ...delivery }: Delivery): Static<typeof deliveryDetailSchema> {
  return { ...shared(delivery), attempts }
}

function shared({ eventId, nextAttemptAt, createdAt, finishedAt, ...delivery }: Omit<Delivery, 'attempts'>) {
  return {
    ...delivery,
    eventId: toTypeId('event', eventId),
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  }
}
