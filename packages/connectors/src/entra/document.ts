import type { JsonValue, SourceDocument } from '../source-record.ts'
import type { GraphObject } from './graph-page.ts'

/**
 * An object as it is kept: without annotations (`@odata.type`, `@removed`, `members@delta`), and without what has no value. One way of
 * reading leaves that out, another says null or an empty list; both are the same.
 */
export function documentOf(object: GraphObject): SourceDocument {
  const known = Object.entries(object).filter(([name]) => !name.includes('@'))
  return (withoutNothing(Object.fromEntries(known)) ?? {}) as SourceDocument
}

function withoutNothing(value: JsonValue): JsonValue | undefined {
  if (value === null || typeof value !== 'object') return value ?? undefined
  if (Array.isArray(value)) return value.length > 0 ? value : undefined
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const kept = withoutNothing(inner)
    return kept === undefined ? [] : [[name, kept] as const]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
