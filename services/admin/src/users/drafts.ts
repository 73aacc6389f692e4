import { MusterError } from '@muster/runtime/errors'
import type { JsonObject } from '@muster/scim'
import { type Static, type TSchema, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { nullableTimestamp } from '../schema/values.ts'

const textRules = { pattern: '\\S', maxLength: 4_096 }
const emailRules = { pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 320 }
const customNames = '^[A-Za-z][A-Za-z0-9_]{0,63}$'

/** The attributes that can be given by hand, where a user shows them; `text` and `email` are their values. */
function attributes<T extends TSchema, C extends TSchema>(text: T, email: T, custom: C) {
  const some = Type.Optional(text)
  return {
    email: Type.Optional(email),
    ...{ firstName: some, lastName: some, username: some },
    profile: Type.Optional(
      closed({
        ...{ department: some, title: some, employeeId: some, manager: some },
        ...{ location: some, phoneNumber: some, startDate: some, costCenter: some },
      }),
    ),
    customAttributes: Type.Optional(custom),
  }
}

function customOf<V>(type: string | string[]) {
  return Type.Unsafe<Record<string, V>>({
    type: 'object',
    patternProperties: { [customNames]: { type, ...textRules } },
    additionalProperties: false,
    maxProperties: 50,
  })
}

const nullable = (rules: object) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...rules })
const state = Type.Optional(
  Type.Enum(['active', 'inactive'], {
    description: 'Only of people whom no directory holds: of others it is what that says.',
  }),
)
const metadataDescription = "The application's own: at most 64 KB of JSON, 16 levels deep."

/** What creates a person by hand. */
export const userDraft = closed({
  ...organizationChoice,
  ...attributes(Type.String(textRules), Type.String(emailRules), customOf<string>('string')),
  metadata: Type.Optional(
    Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true, description: metadataDescription }),
  ),
  state,
})

/** What is changed of a person by hand; null withdraws a value. */
export const userChanges = closed({
  ...organizationChoice,
  ...attributes(nullable(textRules), nullable(emailRules), customOf<string | null>(['string', 'null'])),
  metadata: Type.Optional(
    Type.Unsafe<JsonObject | null>({
      type: ['object', 'null'],
      additionalProperties: true,
      description: `A merge patch (RFC 7396): members are merged, null removes one. ${metadataDescription}`,
    }),
  ),
  state,
  lastLoginAt: Type.Optional(nullableTimestamp),
  pinned: Type.Optional(
    Type.Array(Type.String({ maxLength: 100 }), {
      maxItems: 100,
      uniqueItems: true,
      description:
        'All attributes that are pinned from now on: `title`, `customAttributes.floor`. No directory changes them; each stays at its manual value, or else at the one shown.',
    }),
  ),
})

type Given<V> = Readonly<Record<string, V | undefined>>

/** The values in a body by attribute, as the repository calls them. */
export function valuesIn<V extends string | null>(body: {
  email?: V
  firstName?: V
  lastName?: V
  username?: V
  profile?: Given<V>
  customAttributes?: Given<V>
}): Record<string, V> {
  const { email, firstName, lastName, username, profile = {}, customAttributes = {} } = body
  const custom = Object.entries(customAttributes).map(([name, value]) => [`customAttributes.${name}`, value] as const)
  const all = Object.entries({ email, firstName, lastName, username, ...profile, ...Object.fromEntries(custom) })
  return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** @throws `invalidValue` for a leap second, which no clock of ours has */
export function lastLoginIn({ lastLoginAt }: Static<typeof userChanges>): Date | null | undefined {
  if (typeof lastLoginAt !== 'string') return lastLoginAt
  const instant = new Date(lastLoginAt)
  if (Number.isNaN(instant.getTime())) throw new MusterError('invalidValue', 'body.lastLoginAt is not an instant.')
  return instant
}
