import { pathName } from '../schema/resolve-attribute.ts'
import type { Filter, FilterValue } from './filter.ts'

/**
 * The text of a filter, in the one canonical form: whatever `parseFilter` reads is printed so that it reads the same
 * filter from it, in either profile. Only a constant has no text that means it; it is printed as `true` or `false`.
 */
export function printFilter(filter: Filter): string {
  return print(filter, pathName)
}

type PrintName = typeof pathName

/** Between brackets sub-attributes stand without their attribute. */
const subAttributeName: PrintName = ({ subAttribute, attribute }) => (subAttribute ?? attribute).name

function print(filter: Filter, name: PrintName): string {
  switch (filter.kind) {
    case 'or':
      return filter.terms.map((term) => operand(term, name, term.kind === 'or')).join(' or ')
    case 'and':
      return filter.terms.map((term) => operand(term, name, term.kind === 'or' || term.kind === 'and')).join(' and ')
    case 'not':
      return `not (${print(filter.term, name)})`
    case 'element':
      return `${name(filter.attribute)}[${print(filter.filter, subAttributeName)}]`
    case 'present':
      return `${name(filter.attribute)} pr`
    case 'compare':
      return `${name(filter.attribute)} ${filter.operator} ${literal(filter.value)}`
    case 'constant':
      return String(filter.value)
  }
}

/** `or` binds weaker than `and`; a chain inside a chain of its own kind stays a chain of its own. */
function operand(term: Filter, name: PrintName, inGroup: boolean): string {
  return inGroup ? `(${print(term, name)})` : print(term, name)
}

function literal(value: FilterValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean' || Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  // What a literal past the largest number was read as.
  return value < 0 ? '-1e999' : '1e999'
}
