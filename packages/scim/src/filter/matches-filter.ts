import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import type { AttributePath } from '../schema/resolve-attribute.ts'
import { compareCodePoints } from '../value/code-point-order.ts'
import { comparisonKey } from '../value/comparison-key.ts'
import { canonicalInstant } from '../value/instant.ts'
import type { CompareOperator, Comparison, Filter } from './filter.ts'

/** Finds the values that an attribute has: in a resource, or in one element of a multi-valued attribute. */
type Values = (path: AttributePath) => readonly Json[]

type Predicate = (values: Values) => boolean

/** Whether a resource in canonical form (document, `id`, `meta`, …) satisfies a filter. SQL must agree with it. */
export function matchesFilter(filter: Filter, resource: JsonObject): boolean {
  return predicate(filter)((path) => valuesIn(resource, path))
}

/** A test for elements of a multi-valued complex attribute, from the filter between the brackets. */
export function elementMatcher(filter: Filter): (element: Json) => boolean {
  const holds = predicate(filter)
  return (element) => holds(({ subAttribute }) => subValues([element], subAttribute))
}

/** Prepared once, so that a literal is folded once however many values it is compared with. */
function predicate(filter: Filter): Predicate {
  switch (filter.kind) {
    case 'and': {
      const terms = filter.terms.map(predicate)
      return (values) => terms.every((holds) => holds(values))
    }
    case 'or': {
      const terms = filter.terms.map(predicate)
      return (values) => terms.some((holds) => holds(values))
    }
    case 'not': {
      const holds = predicate(filter.term)
      return (values) => !holds(values)
    }
    case 'present':
      return (values) => values(filter.attribute).some(isPresent)
    case 'element': {
      const matches = elementMatcher(filter.filter)
      return (values) => values(filter.attribute).some(matches)
    }
    case 'compare':
      return comparisonPredicate(filter)
    case 'constant':
      return () => filter.value
  }
}

/** No value at all counts as one that is different (`ne` holds, nothing else does). */
function comparisonPredicate({ attribute, operator, value }: Comparison): Predicate {
  const { type, caseExact } = attribute.subAttribute ?? attribute.attribute
  const comparable = (json: Json): Json => {
    if (typeof json !== 'string') return json
    if (type === 'dateTime') return canonicalInstant(json) ?? json
    return caseExact ? json : comparisonKey(json)
  }
  const wanted = comparable(value)
  const compare = operators[operator]
  return (values) => {
    const present = values(attribute).filter(isPresent)
    return present.length === 0 ? operator === 'ne' : present.some((json) => compare(comparable(json), wanted))
  }
}

const operators: Record<CompareOperator, (value: Json, wanted: Json) => boolean> = {
  eq: (value, wanted) => value === wanted,
  ne: (value, wanted) => value !== wanted,
  co: (value, wanted) => areTexts(value, wanted) && String(value).includes(String(wanted)),
  sw: (value, wanted) => areTexts(value, wanted) && String(value).startsWith(String(wanted)),
  ew: (value, wanted) => areTexts(value, wanted) && String(value).endsWith(String(wanted)),
  gt: (value, wanted) => order(value, wanted) > 0,
  ge: (value, wanted) => order(value, wanted) >= 0,
  lt: (value, wanted) => order(value, wanted) < 0,
  le: (value, wanted) => order(value, wanted) <= 0,
}

/** Negative, zero or positive; not a number when the two have no order, which no comparison accepts. */
function order(value: Json, wanted: Json): number {
  if (typeof value === 'string' && typeof wanted === 'string') return compareCodePoints(value, wanted)
  return typeof value === 'number' && typeof wanted === 'number' ? value - wanted : Number.NaN
}

function areTexts(value: Json, wanted: Json): boolean {
  return typeof value === 'string' && typeof wanted === 'string'
}

function valuesIn(resource: JsonObject, { extension, attribute, subAttribute }: AttributePath): readonly Json[] {
  const container = extension === undefined ? resource : resource[extension]
  const value = isObject(container) ? container[attribute.name] : undefined
  if (value === undefined) return []
  return subValues(Array.isArray(value) ? value : [value], subAttribute)
}

function subValues(elements: readonly Json[], subAttribute: Attribute | undefined): readonly Json[] {
  if (!subAttribute) return elements
  return elements.flatMap((element) => (isObject(element) ? (element[subAttribute.name] ?? []) : []))
}

/** `pr`: neither null nor empty (RFC 7644 §3.4.2.2). */
function isPresent(value: Json): boolean {
  if (value === null || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return !isObject(value) || Object.keys(value).length > 0
}
