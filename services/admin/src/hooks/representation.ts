import type { ApiPrincipal, Arrival, Hook } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { signingSecret } from '../schema/secret-rotation.ts'
import { nullableText, nullableTimestamp, timestamp } from '../schema/values.ts'
import { withoutQuery } from '../webhooks/representation.ts'

const kind = Type.Enum(['before_create', 'after_create'], {
  description: '`before_create` decides about people before they come into being, `after_create` is told behind it.',
})
const policy = Type.Enum(['proceed', 'hold'], {
  description:
    'While it fails, people are made as they are (`proceed`), or wait (`hold`). An `after_create` that is to hold is tried until it answers, else three times.',
})
const status = Type.Enum(['enabled', 'disabled'], {
  description:
    'A `before_create` that is disabled is not asked: people are made as they are. An `after_create` goes on where it stopped.',
})
const timeoutMilliseconds = Type.Integer({ minimum: 100, maximum: 15_000, description: 'Of a call; default 3000.' })

const properties = {
  id: Type.String(),
  kind,
  url: Type.String({ description: 'What follows a `?` is shown to keys with the role ADMIN only.' }),
  policy,
  timeoutMilliseconds,
  status,
  failingSince: nullableTimestamp,
  failuresInARow: Type.Integer(),
  retryAt: Type.Unsafe<string | null>({
    ...nullableTimestamp,
    description: 'When it is called again, while it rests.',
  }),
  lastError: Type.Unsafe<string | null>({
    ...nullableText,
    description: 'The name of what went wrong, while it fails.',
  }),
  lastSuccessAt: nullableTimestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
}

/** An address of an application that is asked about new people. */
export const hookSchema = Type.Object(properties)

export const createdHookSchema = Type.Object({
  ...properties,
  secret: signingSecret,
})

const url = Type.String({
  maxLength: 2_048,
  description: 'https, at a public address; other hosts only where the operator allows them.',
})

export const hookDraft = closed({
  ...organizationChoice,
  kind,
  url,
  policy,
  timeoutMilliseconds: Type.Optional(timeoutMilliseconds),
})

export const hookChanges = closed({
  ...organizationChoice,
  url: Type.Optional(url),
  policy: Type.Optional(policy),
  timeoutMilliseconds: Type.Optional(timeoutMilliseconds),
  status: Type.Optional(status),
})

/** A hook as a key of that role may see it. */
export function representHook(
  { hookId, url: whole, ...hook }: Hook,
  role: ApiPrincipal['role'],
): Static<typeof hookSchema> {
  return {
    ...hook,
    id: toTypeId('hook', hookId),
    url: role === 'VIEWER' ? withoutQuery(whole) : whole,
    failingSince: hook.failingSince?.toISOString() ?? null,
    retryAt: hook.retryAt?.toISOString() ?? null,
    lastSuccessAt: hook.lastSuccessAt?.toISOString() ?? null,
    createdAt: hook.createdAt.toISOString(),
    updatedAt: hook.updatedAt.toISOString(),
  }
}

export const arrivalStates = ['waiting', 'vetoed'] as const

/** A user of a directory that has no person, because the hook was not asked about it yet, or said no. */
export const arrivalSchema = Type.Object({
  id: Type.String({ description: 'Of the user that it will be, when it becomes a new one.' }),
  directoryId: Type.String(),
  directoryUserId: Type.String({ description: 'The SCIM id.' }),
  state: Type.Enum(arrivalStates),
  reason: Type.Unsafe<string | null>({ ...nullableText, description: 'What the application said.' }),
  error: Type.Unsafe<string | null>({ ...nullableText, description: 'Why its decision could not be used.' }),
  arrivedAt: timestamp,
  askedAt: nullableTimestamp,
})

export function representArrival(arrival: Arrival): Static<typeof arrivalSchema> {
  const { userId, directoryId, directoryUserId, state, reason, error, arrivedAt, askedAt } = arrival
  return {
    id: toTypeId('user', userId),
    directoryId: toTypeId('directory', directoryId),
    ...{ directoryUserId, state, reason, error },
    arrivedAt: arrivedAt.toISOString(),
    askedAt: askedAt?.toISOString() ?? null,
  }
}
