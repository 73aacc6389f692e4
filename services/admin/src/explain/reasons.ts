import { explainReasons } from '@muster/repository'
import { type TSchema, Type } from 'typebox'

/** Either the schema or null. */
export function orNull<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** To be spread into what carries a reason. */
export const reasoned = {
  reason: Type.Enum(Object.keys(explainReasons) as (keyof typeof explainReasons)[], {
    description: 'Stable; the text is not.',
  }),
  text: Type.String({ description: 'The reason in English.' }),
}

export const reference = Type.Object({ id: Type.String(), name: Type.String() })

/** One of several reasons, with what it is about. */
export const because = Type.Object({
  ...reasoned,
  scope: Type.Optional(Type.Enum(['organization', 'directory'], { description: 'Whose filters.' })),
  group: Type.Optional(reference),
  key: Type.Optional(Type.String({ description: 'Of a custom filter.' })),
  directory: Type.Optional(reference),
  userId: Type.Optional(Type.String({ description: 'The other person.' })),
  said: Type.Optional(Type.String({ description: 'By the application, with a veto.' })),
})

export const directory = orNull(
  Type.Object({
    ...reference.properties,
    type: Type.String(),
    status: Type.Enum(['PENDING', 'ACTIVE', 'ERROR', 'PAUSED']),
  }),
)

export const directoryUserId = Type.String({ description: 'The SCIM id: a bare UUID.' })
