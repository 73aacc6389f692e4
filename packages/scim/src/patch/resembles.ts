import { isObject, type Json } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { comparisonKey } from '../value/comparison-key.ts'

/**
 * Whether an element is meant by one of the values of a `remove` (Entra ID, OneLogin, JumpCloud, authentik): the same
 * `value`, and the same `type` if both have one; without a `value`, everything that the client named. Other details
 * do not matter, because clients send `$ref: null` or leave `display` out.
 */
export function resembles(attribute: Attribute, values: readonly Json[]): (element: Json) => boolean {
  const fold = (json: Json | undefined) => {
    const caseExact = findAttribute(attribute.subAttributes, 'value')?.caseExact ?? attribute.caseExact
    return typeof json === 'string' && !caseExact ? comparisonKey(json) : json
  }
  const keyOf = (json: Json) => fold(isObject(json) ? json.value : json)
  const byValue = Map.groupBy(values, keyOf)
  const withoutValue = byValue.get(undefined) ?? []
  return (element) => {
    const value = keyOf(element)
    const candidates = value === undefined ? [] : (byValue.get(value) ?? [])
    return (
      candidates.some((candidate) => hasSameType(candidate, element)) ||
      withoutValue.some((candidate) => includes(element, candidate))
    )
  }
}

function hasSameType(left: Json, right: Json): boolean {
  if (!isObject(left) || !isObject(right) || left.type === undefined || right.type === undefined) return true
  return comparisonKey(String(left.type)) === comparisonKey(String(right.type))
}

function includes(element: Json, candidate: Json): boolean {
  if (!isObject(element) || !isObject(candidate)) return false
  return Object.entries(candidate).every(([name, part]) => element[name] === part)
}
