import type { Json, JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'

/** What a request says about the sub-attributes of one complex value: a value, or undefined to unassign. */
export type Parts = ReadonlyMap<string, Json | undefined>

/** Sub-attributes that only label an element. */
const labels: ReadonlySet<string> = new Set(['type', 'primary'])

/** A complex value with its sub-attributes in the order of the table; undefined when nothing is assigned. */
export function composeComplex(attribute: Attribute, parts: Parts): JsonObject | undefined {
  const value: JsonObject = {}
  for (const { name } of attribute.subAttributes) {
    const part = parts.get(name)
    if (part !== undefined) value[name] = part
  }
  return Object.keys(value).length > 0 ? value : undefined
}

/**
 * Lays parts over a complex value. Sub-attributes that the parts do not name stay (RFC 7644 §3.5.2.3), except that
 * - a `value` that is taken away takes a single value with it, and an element of which only labels remain;
 * - a `$ref` that belonged to the former `value` goes.
 */
export function mergeComplex(attribute: Attribute, current: JsonObject | undefined, parts: Parts) {
  const merged = new Map<string, Json | undefined>(Object.entries(current ?? {}))
  for (const [name, part] of parts) merged.set(name, part)
  if (parts.has('value')) {
    if (isSpent(attribute, merged)) return undefined
    if (!parts.has('$ref') && merged.get('value') !== current?.value) merged.delete('$ref')
  }
  return composeComplex(attribute, merged)
}

/** Whether a value whose `value` was given as nothing is itself nothing. */
export function isSpent(attribute: Attribute, parts: Parts): boolean {
  if (parts.get('value') !== undefined) return false
  if (!attribute.multiValued) return true
  return [...parts].every(([name, part]) => part === undefined || labels.has(name))
}
