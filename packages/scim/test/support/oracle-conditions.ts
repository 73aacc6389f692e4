import type { Attribute, Json } from '@muster/scim'
import { isObject } from './oracle-json.ts'

export type Condition =
  | { is: 'eq' | 'ne' | 'co'; part: string; literal: string | boolean | number }
  | { is: 'pr'; part: string }
  | { is: 'and'; terms: Condition[] }
  | { is: 'or'; terms: Condition[] }
  | { is: 'not'; term: Condition }

export function holds(condition: Condition, definition: Attribute, element: Json): boolean {
  switch (condition.is) {
    case 'and':
      return condition.terms.every((term) => holds(term, definition, element))
    case 'or':
      return condition.terms.some((term) => holds(term, definition, element))
    case 'not':
      return !holds(condition.term, definition, element)
    default: {
      const part = isObject(element) ? element[condition.part] : element
      const exact = (definition.subAttributes.find(({ name }) => name === condition.part) ?? definition).caseExact
      const fold = (json: unknown) => (typeof json === 'string' && !exact ? json.toLowerCase() : json)
      if (condition.is === 'pr') return part !== undefined && part !== ''
      const isThere = part !== undefined && part !== ''
      if (!isThere) return condition.is === 'ne'
      const [left, right] = [fold(part), fold(condition.literal)]
      if (condition.is === 'co') return String(left).includes(String(right))
      return (left === right) === (condition.is === 'eq')
    }
  }
}

/** Checklist 88: an element can be made from a filter that only says what is equal to what. */
export function describedBy(where: Condition | undefined): Record<string, Json> | undefined {
  if (!where) return {}
  if (where.is === 'eq') return { [where.part]: where.literal }
  if (where.is !== 'and') return undefined
  const seed: Record<string, Json> = {}
  for (const term of where.terms) {
    const more = describedBy(term)
    if (!more || Object.keys(more).some((name) => name in seed)) return undefined
    Object.assign(seed, more)
  }
  return seed
}
