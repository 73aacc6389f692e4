import type { Attribute } from './attribute.ts'

/** A SCIM schema: a URN and the attributes it defines (RFC 7643 §7). */
export interface Schema {
  /** The URN. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}
