import { type Attribute, attribute, complexAttribute } from './attribute.ts'

interface PluralTraits {
  value: Attribute
  types?: readonly string[]
}

/** A multi-valued attribute with the usual sub-attributes `value`, `display`, `type`, `primary` (RFC 7643 §2.4). */
export function pluralAttribute(name: string, description: string, { value, types = [] }: PluralTraits): Attribute {
  return complexAttribute(
    name,
    description,
    [value, attribute('string', 'display', 'A readable name, for display only.'), ...labelAttributes(types)],
    { multiValued: true },
  )
}

/** The two sub-attributes that only label an element: its kind, and whether it is the preferred one. */
export function labelAttributes(types: readonly string[]): Attribute[] {
  return [
    attribute('string', 'type', 'What the value is used for.', { canonicalValues: types }),
    attribute('boolean', 'primary', 'Whether this is the preferred value; true at most once.'),
  ]
}
