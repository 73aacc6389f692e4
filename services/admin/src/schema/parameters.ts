import { type Static, Type } from 'typebox'

const organizationId = Type.String({
  maxLength: 64,
  description: 'The organization the request is about. Required with an operator key; other keys have one.',
})

/** To be spread into every query and body of a route that is about one organization. */
export const organizationChoice = { organizationId: Type.Optional(organizationId) }

/** The query of a route that has no other parameter. */
export const organizationQuery = closed(organizationChoice)

export const idParams = Type.Object({ id: Type.String() })

/** An object that refuses what it does not know: a misspelt member is an error, not silence. */
export function closed<P extends Parameters<typeof Type.Object>[0]>(properties: P) {
  return Type.Object(properties, { additionalProperties: false })
}

/** A body that may be left out; what it may hold is refused beyond that. */
export function optionalBody<P extends Parameters<typeof Type.Object>[0]>(properties: P) {
  const present = closed(properties)
  return Type.Unsafe<Static<typeof present> | null>({ ...present, type: ['object', 'null'] })
}
