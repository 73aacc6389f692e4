import { MusterError } from '@muster/runtime/errors'
import type { CompareOperator, Filter } from '../filter/filter.ts'
import type { AttributePath } from '../schema/resolve-attribute.ts'

/** What is known of a member without loading anybody: its id, and whether it is a user or a group. */
export type MemberField = 'value' | 'type'

/**
 * A filter over members, over the two fields that membership rows have. `value` compares exactly, `type` in any case
 * against `User` and `Group`; the meaning of the operators is that of `Filter`.
 */
export type MemberFilter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly MemberFilter[] }
  | { readonly kind: 'not'; readonly term: MemberFilter }
  | {
      readonly kind: 'compare'
      readonly field: MemberField
      readonly operator: CompareOperator
      readonly value: string
    }
  | { readonly kind: 'present'; readonly field: MemberField }

/** Narrows the filter of a `members[…]` path. @throws `invalidFilter` when it looks at `display` or `$ref` */
export function memberFilter(filter: Filter): MemberFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, terms: filter.terms.map(memberFilter) }
    case 'not':
      return { kind: 'not', term: memberFilter(filter.term) }
    case 'compare':
      return {
        kind: 'compare',
        field: memberField(filter.attribute),
        operator: filter.operator,
        value: String(filter.value),
      }
    case 'present':
      return { kind: 'present', field: memberField(filter.attribute) }
    case 'element':
    case 'constant':
      throw new MusterError('invalidFilter', 'A filter over members cannot be nested')
  }
}

/** The ids that a filter of `value eq` terms joined by `or` names; undefined when it says anything else. */
export function idsNamedBy(filter: MemberFilter): string[] | undefined {
  if (filter.kind === 'compare') {
    return filter.field === 'value' && filter.operator === 'eq' ? [filter.value] : undefined
  }
  if (filter.kind !== 'or') return undefined
  const ids = filter.terms.map(idsNamedBy)
  return ids.every((named) => named !== undefined) ? ids.flat() : undefined
}

function memberField({ subAttribute }: AttributePath): MemberField {
  const name = subAttribute?.name
  if (name === 'value' || name === 'type') return name
  throw new MusterError('invalidFilter', 'Members can be filtered by value and type only')
}
