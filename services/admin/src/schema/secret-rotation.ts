import { Type } from 'typebox'
import { optionalBody, organizationChoice } from './parameters.ts'
import { nullableTimestamp } from './values.ts'

/** In hours: for how long a secret that is exchanged counts beside the new one. */
const overlap = { default: 24, max: 168 } as const
const secondsPerHour = 3_600

/** The secret that an application checks signatures with. */
export const signingSecret = Type.String({ description: '`whsec_…`, shown this once.' })

export const previousSecretEnd = Type.Unsafe<string | null>({
  ...nullableTimestamp,
  description: 'Until when the secret before signs, too; null when it does not.',
})

export const rotatedSecretSchema = Type.Object({
  secret: signingSecret,
  previousSecretExpiresAt: previousSecretEnd,
})

/** The body of a request that exchanges a secret. */
export const secretRotation = optionalBody({
  ...organizationChoice,
  overlapHours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: overlap.max,
      description: `For how long the secret before counts, too; default ${overlap.default}.`,
    }),
  ),
})

/** In seconds: what the body asks for. */
export function overlapOf(body: { overlapHours?: number } | null | undefined): number {
  return (body?.overlapHours ?? overlap.default) * secondsPerHour
}
