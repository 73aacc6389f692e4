import { Type } from 'typebox'

/** ISO 8601, UTC. */
export const timestamp = Type.String({ format: 'date-time' })

export const nullableTimestamp = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' })

export const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })

/** An object whose members are not described. */
export const openObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })

/** What a person calls a thing: at least one character that shows. */
export const displayName = Type.String({ pattern: '\\S', maxLength: 200 })

/** Text to look for. Postgres holds no NUL, so nothing could match one. */
export const searchText = Type.String({ pattern: '^[^\\u0000]+$', maxLength: 320 })

export const futureInstant = Type.String({ format: 'date-time', description: 'ISO 8601; must be in the future.' })
