import type { Filter } from '../filter/filter.ts'
import type { Json } from '../json.ts'
import type { Parts } from '../resource/complex-value.ts'
import type { Attribute } from '../schema/attribute.ts'

/**
 * What happens to one attribute, checked and coerced: nothing in it depends on the profile or the request any more.
 *
 * - `assign`: the attribute gets the value, or none.
 * - `merge`: a single complex value gets the parts.
 * - `append`: a multi-valued attribute gets the elements it does not have.
 * - `mergeWhere`: the elements that satisfy the filter (all of them without one) get the parts; when there are none,
 *   one is made from `seed`, or nothing happens, or the request fails with `noTarget`.
 * - both: when it `adds`, a part that is a list joins the list that is there.
 * - `removeWhere`, `removeValues`: the elements that satisfy the filter, or resemble one of the values, go.
 */
export type Change =
  | { readonly kind: 'assign'; readonly value: Json | undefined }
  | { readonly kind: 'merge'; readonly parts: Parts; readonly adds: boolean }
  | { readonly kind: 'append'; readonly elements: readonly Json[] }
  | {
      readonly kind: 'mergeWhere'
      readonly filter: Filter | undefined
      readonly parts: Parts
      readonly adds: boolean
      readonly miss: Miss
    }
  | { readonly kind: 'removeWhere'; readonly filter: Filter }
  | { readonly kind: 'removeValues'; readonly values: readonly Json[] }

/** What `mergeWhere` does when no element satisfies its filter. */
export type Miss =
  | { readonly kind: 'create'; readonly seed: Parts }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'fail' }

/** One change to one attribute of a document. */
export interface Step {
  /** The attribute's key in the flat form of a document. */
  readonly key: string
  readonly attribute: Attribute
  readonly change: Change
  /** Where the request asked for it, for error texts. */
  readonly at: string
}
