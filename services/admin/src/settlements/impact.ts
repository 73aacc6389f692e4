import type { Impact } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { nullableText } from '../schema/values.ts'

/** How long a preview may look, and what its route may take with it (milliseconds). */
export const previewMilliseconds = 20_000
export const previewTimeout = 40_000

const attributeChange = Type.Object({ from: nullableText, to: nullableText })

/** Attribute → its value before and after. */
export const attributeChangesSchema = Type.Record(Type.String(), attributeChange)

/** What a change of settings would do. */
export const impactSchema = Type.Object({
  population: Type.Integer({ description: 'Active people whom the change may concern.' }),
  removals: Type.Integer({ description: 'Directory users that count today and no longer would.' }),
  deactivated: Type.Integer(),
  reactivated: Type.Integer(),
  created: Type.Integer({
    description:
      'Directory users without a person that would get one: somebody new or, by the address, one who is there.',
  }),
  updated: Type.Integer({ description: 'People who stay what they are, with other attributes.' }),
  held: Type.Boolean({ description: 'Whether the guard would hold it.' }),
  isComplete: Type.Boolean({ description: 'False: there was no time to look at everybody. Such a change is held.' }),
  sample: Type.Array(
    Type.Object({
      effect: Type.Enum(['deactivated', 'reactivated', 'updated', 'created']),
      userId: nullableText,
      directoryUserId: Type.String({ description: 'As SCIM shows it.' }),
      userName: nullableText,
      changes: attributeChangesSchema,
    }),
    { description: 'The first hundred.' },
  ),
})

export function representImpact(impact: Impact): Static<typeof impactSchema> {
  const sample = impact.sample.map((one) => ({ ...one, userId: one.userId && toTypeId('user', one.userId) }))
  return { ...impact, sample }
}
