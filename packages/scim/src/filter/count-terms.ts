import type { Filter } from './filter.ts'

/** How many comparisons a filter makes at most. */
export function countTerms(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.reduce((sum, term) => sum + countTerms(term), 0)
    case 'not':
      return countTerms(filter.term)
    case 'element':
      return countTerms(filter.filter)
    default:
      return 1
  }
}
