import { isObject, type Json } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { comparisonKey } from '../value/comparison-key.ts'

/** What says nothing about which element is meant: whether it is preferred, how it is shown, where it is found. */
const details: ReadonlySet<string> = new Set(['primary', 'display', '$ref'])

/** Sub-attributes that stay as they are when an element is laid over one of the same identity. */
export function identifies(subAttribute: string): boolean {
  return !details.has(subAttribute)
}

/**
 * A text that two values of an attribute share when the schema calls them equal: strings in any case unless the table
 * says `caseExact`, lists in any order. Both must be canonical.
 */
export function valueKey(attribute: Attribute, value: Json): string {
  if (!Array.isArray(value)) return elementKey(attribute, value, () => true)
  return value
    .map((element) => elementKey(attribute, element, () => true))
    .sort()
    .join()
}

const identities = new WeakMap<object, string>()

/**
 * A text that two elements share when they are the same but for their details: `value` and `type` of the usual plural
 * attributes (RFC 7643 §2.4), everything but the details of any other. Kept per element, for elements never change.
 */
export function elementIdentity(attribute: Attribute, element: Json): string {
  if (!isObject(element)) return elementKey(attribute, element, identifies)
  const known = identities.get(element)
  if (known !== undefined) return known
  const isBare = Object.keys(element).every((name) => details.has(name))
  const identity = elementKey(attribute, element, isBare ? () => true : identifies)
  identities.set(element, identity)
  return identity
}

function elementKey(attribute: Attribute, element: Json, counts: (subAttribute: string) => boolean): string {
  if (!isObject(element)) return JSON.stringify(folded(attribute, element))
  return JSON.stringify(
    attribute.subAttributes.map((subAttribute) =>
      counts(subAttribute.name) ? (foldedPart(subAttribute, element[subAttribute.name]) ?? null) : null,
    ),
  )
}

function foldedPart(subAttribute: Attribute, part: Json | undefined): Json | undefined {
  if (!Array.isArray(part)) return part === undefined ? undefined : folded(subAttribute, part)
  return part.map((item) => folded(subAttribute, item))
}

function folded({ caseExact }: Attribute, value: Json): Json {
  return typeof value === 'string' && !caseExact ? comparisonKey(value) : value
}
