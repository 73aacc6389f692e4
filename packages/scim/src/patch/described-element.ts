import type { Comparison, Filter, FilterValue } from '../filter/filter.ts'

/**
 * The sub-attributes of the element that a filter describes, when it says nothing but what they are equal to:
 * `type eq "work" and primary eq true`. Undefined when it says anything else, or contradicts itself.
 */
export function describedElement(filter: Filter | undefined): Record<string, FilterValue> | undefined {
  const terms = filter ? equalityTerms(filter) : []
  if (!terms) return undefined
  const parts = new Map(terms.map(({ attribute, value }) => [attribute.subAttribute?.name ?? '', value]))
  return parts.size === terms.length ? Object.fromEntries(parts) : undefined
}

function equalityTerms(filter: Filter): Comparison[] | undefined {
  if (filter.kind === 'compare') return filter.operator === 'eq' ? [filter] : undefined
  if (filter.kind !== 'and') return undefined
  const terms = filter.terms.map(equalityTerms)
  return terms.every((term) => term !== undefined) ? terms.flat() : undefined
}
