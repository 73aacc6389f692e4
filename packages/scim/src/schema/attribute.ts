export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'binary'
  | 'reference'
  | 'complex'

/** One attribute with the characteristics of RFC 7643 §2.2 and §7. Never changed at run time. */
export interface Attribute {
  readonly name: string
  /** Another name that clients use for a sub-attribute; the profile says whether it is understood. */
  readonly alias?: string
  readonly type: AttributeType
  readonly description: string
  readonly multiValued: boolean
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly uniqueness: 'none' | 'server' | 'global'
  /** Suggestions, never a restriction: an unknown `type` is accepted. */
  readonly canonicalValues: readonly string[]
  readonly referenceTypes: readonly string[]
  /** The longest text we take, in UTF-16 units; also of its folded form, when it is compared so. */
  readonly maxCharacters: number
  /** Empty unless the type is complex; never complex themselves (erratum 8415). */
  readonly subAttributes: readonly Attribute[]
}

/** Whether a value is taken in and never shown again (RFC 7643 §7): such a value is not kept. */
export function isSecret({ mutability, returned }: Attribute): boolean {
  return mutability === 'writeOnly' || returned === 'never'
}

type Traits = Partial<Omit<Attribute, 'name' | 'type' | 'description' | 'subAttributes'>>

/** Types whose values compare exactly unless a table says otherwise (references: erratum 6001). */
const exactTypes: ReadonlySet<AttributeType> = new Set(['reference', 'binary'])

/** For values that are indexed: in UTF-8 they stay below the 2,704 bytes of an entry in a Postgres b-tree. */
export const identifier = { maxCharacters: 800 } as const

/** A table row; every characteristic not named has the default of RFC 7643 §2.2. */
export function attribute(
  type: Exclude<AttributeType, 'complex'>,
  name: string,
  description: string,
  traits: Traits = {},
): Attribute {
  return { ...defaults, caseExact: exactTypes.has(type), type, name, description, ...traits }
}

/** A table row for a complex attribute. */
export function complexAttribute(
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  traits: Traits = {},
): Attribute {
  return { ...defaults, type: 'complex', name, description, subAttributes, ...traits }
}

const defaults = {
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  canonicalValues: [],
  referenceTypes: [],
  maxCharacters: 65_536,
  subAttributes: [],
} as const
