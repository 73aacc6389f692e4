import { type Static, type TProperties, type TSchema, Type } from 'typebox'

/** ISO 8601, UTC. */
export const timestamp = Type.String({ format: 'date-time' })

export const nullableTimestamp = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' })

export const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })

/** An object whose members are somebody else's. */
export const openObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })

/** An object with these members and no other. A `title` makes it an interface of the SDK. */
export function closed<P extends TProperties>(properties: P, options: { title?: string; description?: string } = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false })
}

export function nullable<T extends TSchema & { type: string }>(schema: T, description?: string) {
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, 'null'], ...(description && { description }) })
}

/** What a thing is called beside its id. */
export const reference = closed({ id: Type.String(), name: Type.String() })
