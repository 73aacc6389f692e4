import type { AttributePath } from '../schema/resolve-attribute.ts'

/** RFC 7644 §3.4.2.2, table 3. */
export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

/** A literal, already of its attribute's type; a dateTime is in the form of `canonicalInstant`. */
export type FilterValue = string | number | boolean

/** An attribute that is compared: a simple one, or a simple sub-attribute. */
export interface Comparison {
  readonly kind: 'compare'
  readonly attribute: AttributePath
  readonly operator: CompareOperator
  readonly value: FilterValue
}

export interface Presence {
  readonly kind: 'present'
  readonly attribute: AttributePath
}

/** What holds or not whatever the resource is: an attribute that only another resource type has is compared. */
interface Constant {
  readonly kind: 'constant'
  readonly value: boolean
}

/** Some element of the attribute satisfies the whole inner filter, whose attributes are sub-attributes of this one. */
export interface ElementFilter {
  readonly kind: 'element'
  readonly attribute: AttributePath
  readonly filter: Filter
}

/**
 * A filter whose attributes are resolved against the schema and whose literals have the right type.
 *
 * - A comparison with a multi-valued attribute holds when any of its values satisfies it.
 * - `ne` also holds for an attribute without a value; every other operator needs one.
 * - `eq null` has become "not present", `ne null` "present"; a complex attribute has become its `value`.
 * - `not` is the complement.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | Comparison
  | Presence
  | ElementFilter
  | Constant
