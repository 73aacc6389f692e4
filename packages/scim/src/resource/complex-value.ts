import { MusterError } from '@muster/runtime/errors'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { valueKey } from './value-key.ts'

/** What a request says about the sub-attributes of one complex value: a value, or undefined to unassign. */
export type Parts = ReadonlyMap<string, Json | undefined>

/** Sub-attributes that only label what `value` says, or lead to it. */
const labels: ReadonlySet<string> = new Set(['type', 'primary', '$ref'])

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
 * - where a `value` is taken away and only labels remain, nothing remains;
 * - a `$ref` that belonged to the former `value` goes.
 * @throws `mutability` when a part changes an immutable sub-attribute that is set
 */
export function mergeComplex(
  attribute: Attribute,
  current: JsonObject | undefined,
  parts: Parts,
  at: string,
): JsonObject | undefined {
  const merged = new Map<string, Json | undefined>(Object.entries(current ?? {}))
  for (const [name, part] of parts) merged.set(name, part)
  for (const subAttribute of attribute.subAttributes) {
    const { name } = subAttribute
    if (parts.has(name))
      merged.set(name, keepImmutable(subAttribute, current?.[name], parts.get(name), `${at}.${name}`))
  }
  if (parts.has('value')) {
    if (!parts.has('$ref') && merged.get('value') !== current?.value) merged.delete('$ref')
    if (isSpent(merged)) return undefined
  }
  return composeComplex(attribute, merged)
}

/** Whether a complex value whose `value` was given as nothing is itself nothing. */
export function isSpent(parts: Parts): boolean {
  return parts.get('value') === undefined && [...parts].every(([name, part]) => part === undefined || labels.has(name))
}

/**
 * The value that an immutable attribute has after a write (RFC 7643 §7): the new one while it has none, then the old
 * one for good, in its own spelling. Of a mutable complex attribute the same holds for its immutable sub-attributes, as
 * long as it is the same value: elements of a list come and go.
 * @throws `mutability` when the write says otherwise
 */
export function keepImmutable(
  attribute: Attribute,
  current: Json | undefined,
  next: Json | undefined,
  at: string,
): Json | undefined {
  if (attribute.mutability !== 'immutable' || current === undefined) return next
  if (next !== undefined && valueKey(attribute, next) === valueKey(attribute, current)) return current
  throw new MusterError('mutability', `${at} is immutable and already has a value`)
}

/**
 * The same for a whole replacement (PUT), where what is not mentioned is not meant to change (RFC 7644 §3.5.1).
 * @throws `mutability`
 */
export function replaceKeepingImmutable(
  attribute: Attribute,
  current: Json | undefined,
  next: Json | undefined,
  at: string,
): Json | undefined {
  if (attribute.mutability === 'immutable')
    return next === undefined ? current : keepImmutable(attribute, current, next, at)
  if (!isObject(current) || !isObject(next)) return next
  const parts = new Map<string, Json | undefined>(Object.entries(next))
  for (const subAttribute of attribute.subAttributes.filter(({ mutability }) => mutability === 'immutable')) {
    const { name } = subAttribute
    parts.set(name, replaceKeepingImmutable(subAttribute, current[name], next[name], `${at}.${name}`))
  }
  return composeComplex(attribute, parts)
}
