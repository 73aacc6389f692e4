import type { JsonValue, SourceDocument } from '../source-record.ts'

/** What changes without the user or group, or says nothing of them. */
const leftOut: ReadonlySet<string> = new Set(['UpdatedAt', 'UpdatedBy', 'Photos'])

/** What the SDK read, as the document that it was: times as text (RFC 3339), and nothing of what was not there. */
export function documentOf(read: object): SourceDocument {
  return Object.fromEntries(
    Object.entries(read).flatMap(([key, value]) => (leftOut.has(key) ? [] : entryOf(key, value))),
  )
}

function entryOf(key: string, value: unknown): [string, JsonValue][] {
  return value === undefined ? [] : [[key, jsonValueOf(value)]]
}

function jsonValueOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (Array.isArray(value)) return value.map(jsonValueOf)
  if (typeof value !== 'object') return String(value)
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => entryOf(key, one)))
}
