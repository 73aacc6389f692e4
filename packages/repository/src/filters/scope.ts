import type { AttributePath, Comparison, Filter } from '@muster/scim'
import type { Condition, Sql } from './sql-condition.ts'
import type { Value } from './value-kinds.ts'

/** The values of one attribute: a single one, or one in each row of a source. */
export interface Values extends Value {
  source: Sql | undefined
}

/** What the attributes of a filter mean: those of a resource, or those of one element of a list. */
export interface Scope {
  valuesOf(path: AttributePath): Values
  /** Whether an attribute has a value at all (`pr`); complex ones included. */
  isAssigned(path: AttributePath): Condition
  /** Some element of the attribute meets the filter. */
  hasElement(path: AttributePath, filter: Filter): Condition
  /** What is known of a comparison without looking at a row, or is found by an index; undefined for all others. */
  shortcut(comparison: Comparison): Condition | undefined
}
