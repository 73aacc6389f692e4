import type { NotificationChannel } from '@muster/repository'
import { type Static, Type } from 'typebox'
import { nullableText, nullableTimestamp, timestamp } from '../schema/values.ts'

const errorProperties = { code: Type.String(), message: Type.String(), hint: nullableText }

const properties = {
  state: Type.Enum(['off', 'pending', 'active', 'failed'], {
    description:
      '`pending`: the source is being asked, or has not called yet. `failed`: it promises nothing at present; it is asked again.',
  }),
  kind: Type.Unsafe<'subscribed' | 'manual' | null>({
    enum: ['subscribed', 'manual', null],
    description:
      '`subscribed`: the source is asked to tell, and asked again before that ends. `manual`: its administrator enters address and secret.',
  }),
  address: Type.Unsafe<string | null>({ ...nullableText, description: 'What the source calls.' }),
  instructions: Type.Unsafe<string | null>({
    ...nullableText,
    description: 'What is to be done at the source; null when nothing is.',
  }),
  subscriptions: Type.Array(Type.Object({ expiresAt: timestamp }), { description: 'What the source has promised.' }),
  expiresAt: nullableTimestamp,
  renewsAt: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: 'When it is asked again.',
  }),
  lastReceivedAt: nullableTimestamp,
  lastRefusedAt: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: 'When something came to the address without the secret.',
  }),
  error: Type.Unsafe<{ code: string; message: string; hint: string | null } | null>({
    type: ['object', 'null'],
    properties: errorProperties,
    required: Object.keys(errorProperties),
    description: 'Why the source could not be asked; it is asked again.',
  }),
}

export const channelSchema = Type.Object(properties)

export const changedChannelSchema = Type.Object({
  ...properties,
  secret: Type.Optional(
    Type.String({ description: 'Of a `manual` one that is new: what the source is to show. Shown this once.' }),
  ),
})

interface ChannelPlace {
  /** Undefined: none that a source may be given. */
  address: string | undefined
  instructions: string | undefined
}

export function representChannel(
  channel: NotificationChannel | undefined,
  { address, instructions }: ChannelPlace,
): Static<typeof channelSchema> {
  const { error } = channel ?? { error: null }
  return {
    state: channel?.state ?? 'off',
    kind: channel?.kind ?? null,
    address: channel ? (address ?? null) : null,
    instructions: channel?.kind === 'manual' ? (instructions ?? generalInstructions) : null,
    subscriptions: channel?.subscriptions.map(({ expiresAt }) => ({ expiresAt: expiresAt.toISOString() })) ?? [],
    expiresAt: channel?.expiresAt?.toISOString() ?? null,
    renewsAt: channel?.renewAt?.toISOString() ?? null,
    lastReceivedAt: channel?.lastReceivedAt?.toISOString() ?? null,
    lastRefusedAt: channel?.lastRefusedAt?.toISOString() ?? null,
    error: error && { code: error.code, message: error.message, hint: error.hint ?? null },
  }
}

const generalInstructions = 'Enter the address and the secret at the source, as the page of its connector says.'
