import { type Attribute, attribute, complexAttribute } from './attribute.ts'

interface PluralTraits {
  value: Attribute
  types?: readonly string[]
  /** Another name that clients use for `display`. */
  displayAlias?: string
}

/** A multi-valued attribute with the usual sub-attributes `value`, `display`, `type`, `primary` (RFC 7643 §2.4). */
export function pluralAttribute(name: string, description: string, traits: PluralTraits): Attribute {
  const { value, types = [], displayAlias } = traits
  const alias = displayAlias === undefined ? {} : { alias: displayAlias }
  const display = attribute('string', 'display', 'A readable name, for display only.', alias)
  return complexAttribute(name, description, [value, display, ...labelAttributes(types)], { multiValued: true })
}

/** The two sub-attributes that only label an element: its kind, and whether it is the preferred one. */
export function labelAttributes(types: readonly string[]): Attribute[] {
  return [
    attribute('string', 'type', 'What the value is used for.', { canonicalValues: types }),
    attribute('boolean', 'primary', 'Whether this is the preferred value; true at most once.'),
  ]
}
