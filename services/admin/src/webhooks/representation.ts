import { eventCatalogue, isEventType } from '@muster/events'
import type { ApiPrincipal, WebhookEndpoint } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { fromTypeId, toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { previousSecretEnd, signingSecret } from '../schema/secret-rotation.ts'
import { nullableTimestamp, timestamp } from '../schema/values.ts'

const properties = {
  id: Type.String(),
  url: Type.String({ description: 'What follows a `?` is shown to keys with the role ADMIN only.' }),
  description: Type.String(),
  types: Type.Unsafe<string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string' },
    description: 'Which events it is told of. Null: all.',
  }),
  directoryId: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Only events of this directory.' }),
  status: Type.Enum(['enabled', 'disabled']),
  disabledReason: Type.Unsafe<WebhookEndpoint['disabledReason']>({
    type: ['string', 'null'],
    enum: ['gone', 'dead', 'manual', null],
    description: 'It answered 410; nothing reached it for three days; or by hand.',
  }),
  failingSince: nullableTimestamp,
  failuresInARow: Type.Integer(),
  retryAt: Type.Unsafe<string | null>({ ...nullableTimestamp, description: 'When it is tried again, while it fails.' }),
  lastSuccessAt: nullableTimestamp,
  previousSecretExpiresAt: previousSecretEnd,
  sequence: Type.Integer({ description: 'The last event that was looked at for it.' }),
  pending: Type.Integer({ description: 'Deliveries that wait; 10,000 stands for that many and more.' }),
  createdAt: timestamp,
  updatedAt: timestamp,
}

/** An address of an application that is told of events. */
export const webhookSchema = Type.Object(properties)

export const createdWebhookSchema = Type.Object({ ...properties, secret: signingSecret })

const url = Type.String({
  maxLength: 2_048,
  description: 'https, at a public address; other hosts only where the operator allows them.',
})
const choices = {
  description: Type.Optional(Type.String({ pattern: '^[^\\u0000]*$', maxLength: 200 })),
  types: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string', maxLength: 64 },
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      description: 'Event types (GET /api/event-types). Null, or left out at first: all, also those to come.',
    }),
  ),
  directoryId: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength: 64,
      description: 'Only events of this directory.',
    }),
  ),
}

/** To be spread where a place in the log is named. */
const sequence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const webhookDraft = closed({
  ...organizationChoice,
  url,
  ...choices,
  after: Type.Optional({
    ...sequence,
    description: 'Begins behind this sequence number. Left out: at the end of the log.',
  }),
})

export const webhookChanges = closed({
  ...organizationChoice,
  url: Type.Optional(url),
  ...choices,
  status: Type.Optional(Type.Enum(['enabled', 'disabled'])),
})

export const replay = closed({ ...organizationChoice, after: sequence })

/**
 * The types and the directory of a body, checked and as UUID; what is not given stays undefined.
 * @throws `invalidValue` for types that there are not, naming those that there are
 */
export function readChoices(body: { types?: string[] | null; directoryId?: string | null }) {
  const { types, directoryId } = body
  if (types && !types.every(isEventType)) {
    throw new MusterError('invalidValue', `body.types may name ${Object.keys(eventCatalogue).join(', ')}.`)
  }
  const uuid = directoryId ? fromTypeId('directory', directoryId) : directoryId
  // The same text as for an id that nobody has.
  if (directoryId && !uuid) throw new MusterError('invalidValue', 'body.directoryId: there is no such directory.')
  return { types: types?.filter(isEventType) ?? (types === null ? null : undefined), directoryId: uuid }
}

/** An endpoint as a key of that role may see it: applications put secrets into the query of a URL. */
export function representWebhook(
  { endpointId, url: whole, directoryId, ...endpoint }: WebhookEndpoint,
  role: ApiPrincipal['role'],
): Static<typeof webhookSchema> {
  return {
    ...endpoint,
    id: toTypeId('webhookEndpoint', endpointId),
    url: role === 'VIEWER' ? withoutQuery(whole) : whole,
    directoryId: directoryId && toTypeId('directory', directoryId),
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    retryAt: endpoint.retryAt?.toISOString() ?? null,
    lastSuccessAt: endpoint.lastSuccessAt?.toISOString() ?? null,
    previousSecretExpiresAt: endpoint.previousSecretExpiresAt?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  }
}

/** A URL as VIEWER keys, logs and events may see it. */
export function withoutQuery(whole: string): string {
  const { origin, pathname } = new URL(whole)
  return `${origin}${pathname}`
}
