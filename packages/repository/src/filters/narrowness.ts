import { type Comparison, type Filter, pathName } from '@muster/scim'
import { valueNamedBy } from './named-value.ts'
import type { Subject } from './subject.ts'

/**
 * How a filter finds its resources: `few` by the key of an index, `recent` by a range of `meta.lastModified`; undefined
 * when all of the directory has to be looked at.
 */
export type Narrowness = 'few' | 'recent' | undefined

export function narrownessOf(filter: Filter, subject: Subject): Narrowness {
  if (isNarrow(filter, (leaf) => isFound(leaf, subject))) return 'few'
  return isNarrow(filter, (leaf) => isFound(leaf, subject) || isRecent(leaf)) ? 'recent' : undefined
}

type Leaf = Extract<Filter, { kind: 'compare' | 'element' }>

function isNarrow(filter: Filter, isNarrowLeaf: (leaf: Leaf) => boolean): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.some((term) => isNarrow(term, isNarrowLeaf))
    case 'or':
      return filter.terms.every((term) => isNarrow(term, isNarrowLeaf))
    case 'compare':
    case 'element':
      return isNarrowLeaf(filter)
    default:
      return false
  }
}

function isFound(leaf: Leaf, { finders }: Subject): boolean {
  const name = pathName(leaf.attribute)
  if (leaf.kind === 'element') return `${name}.value` in finders && valueNamedBy(leaf.filter) !== undefined
  return leaf.operator === 'eq' && name in finders
}

const fromAnInstantOn: ReadonlySet<Comparison['operator']> = new Set(['eq', 'gt', 'ge'])

function isRecent(leaf: Leaf): boolean {
  return (
    leaf.kind === 'compare' && pathName(leaf.attribute) === 'meta.lastModified' && fromAnInstantOn.has(leaf.operator)
  )
}
