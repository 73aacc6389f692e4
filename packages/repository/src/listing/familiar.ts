import type { Filter } from '@muster/scim'
import type { ListSelection } from './list.ts'

const termsMax = 2

/**
 * Whether a selection looks like what identity providers ask all day: nothing, or a comparison or two by `eq`
 * (`userName eq`, `id eq … and members eq …`, `emails[type eq … and value eq …]`).
 */
export function isFamiliar({ filter, sort }: ListSelection): boolean {
  if (filter === undefined) return true
  return sort === undefined && equalities(filter) <= termsMax
}

/** How many comparisons by `eq` all must hold; infinite for anything else. */
function equalities(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
      return filter.terms.reduce((sum, term) => sum + equalities(term), 0)
    case 'element':
      return equalities(filter.filter)
    case 'compare':
      return filter.operator === 'eq' ? 1 : Infinity
    default:
      return Infinity
  }
}
