import { MusterError } from '@muster/runtime/errors'
import { isObject, isUnsafeName, type Json, type JsonObject, shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import type { Attribute } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { coerceSimple } from './coerce-simple.ts'
import { composeComplex, isSpent, type Parts } from './complex-value.ts'

/** The most elements a multi-valued attribute of a document may have. */
const maxElementsPerAttribute = 500

/** Other names that clients use, by attribute: OneLogin's manager, Entra ID's roles. */
const aliases: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['manager', new Map([['managerid', 'value']])],
  ['roles', new Map([['displayname', 'display']])],
])

/**
 * The canonical value of a whole attribute, for POST, PUT and PATCH alike; undefined when the input unassigns it
 * (null, an empty list, an empty object: RFC 7643 §2.5).
 * @param at names the place in an error text
 * @throws `invalidValue` for a wrong type or two primary elements, `invalidSyntax` for an unknown sub-attribute
 */
export function coerceAttribute(attribute: Attribute, raw: unknown, at: string, profile: Profile): Json | undefined {
  if (raw === null || raw === undefined) return undefined
  if (!attribute.multiValued) return coerceValue(attribute, unwrapListOfOne(raw, profile), at, profile)
  const elements = coerceElements(attribute, raw, at, profile)
  return elements.length > 0 ? elements : undefined
}

/** The canonical elements of a multi-valued attribute, without repetitions; see `coerceAttribute`. */
export function coerceElements(attribute: Attribute, raw: unknown, at: string, profile: Profile): Json[] {
  if (raw === '' && profile.emptyStringUnassigns) return []
  const list = Array.isArray(raw) ? raw : profile.singleAsList ? [raw] : undefined
  if (!list) throw new MusterError('invalidValue', `${at} must be a list`)
  const elements = new Map<string, Json>()
  for (const [index, item] of list.entries()) {
    const element = coerceValue(attribute, item, `${at}[${index}]`, profile)
    // Coerced values have their keys in the order of the table, so equal elements have equal texts.
    if (element !== undefined) elements.set(JSON.stringify(element), element)
  }
  return checkElements([...elements.values()], at)
}

/** What an object, or a bare value where the profile tolerates one, says about the sub-attributes of a complex value. */
export function coerceParts(attribute: Attribute, raw: unknown, at: string, profile: Profile): Parts {
  const parts = new Map<string, Json | undefined>()
  for (const [name, part] of Object.entries(asObject(attribute, raw, at, profile))) {
    const subAttribute = findSubAttribute(attribute, name, profile)
    if (!subAttribute) refuseUnknown(name, at, profile)
    else if (subAttribute.mutability !== 'readOnly') {
      parts.set(subAttribute.name, coerceAttribute(subAttribute, part, `${at}.${subAttribute.name}`, profile))
    }
  }
  return parts
}

/** Passes an unknown name where the profile ignores it. @throws `invalidSyntax` */
export function refuseUnknown(name: string, at: string, profile: Profile): void {
  if (profile.ignoreUnknownAttributes && !isUnsafeName(name)) return
  throw new MusterError('invalidSyntax', `${at} has no attribute ${shownName(name)}`)
}

/** The element of a list of one (Entra ID's manager), nothing for an empty list; anything else as it is. */
export function unwrapListOfOne(raw: unknown, profile: Profile): unknown {
  if (!Array.isArray(raw) || raw.length > 1) return raw
  return raw.length === 0 ? null : profile.unwrapListOfOne ? raw[0] : raw
}

/** At most one primary element (RFC 7643 §2.4), not too many elements. @throws `invalidValue` */
export function checkElements(elements: Json[], at: string): Json[] {
  if (elements.length > maxElementsPerAttribute) {
    throw new MusterError('invalidValue', `${at} has more than ${maxElementsPerAttribute} values`)
  }
  if (elements.filter(isPrimary).length > 1) {
    throw new MusterError('invalidValue', `${at} has more than one primary value`)
  }
  return elements
}

/** Whether an element is marked as the preferred one. */
export function isPrimary(element: Json): element is JsonObject {
  return isObject(element) && element.primary === true
}

function coerceValue(attribute: Attribute, raw: unknown, at: string, profile: Profile): Json | undefined {
  if (attribute.type !== 'complex') return coerceSimple(attribute, raw, at, profile)
  if (raw === null || raw === undefined || (raw === '' && profile.emptyStringUnassigns)) return undefined
  const parts = coerceParts(attribute, raw, at, profile)
  return parts.has('value') && isSpent(attribute, parts) ? undefined : composeComplex(attribute, parts)
}

function asObject(attribute: Attribute, raw: unknown, at: string, profile: Profile): Record<string, unknown> {
  if (isObject(raw)) return raw
  const bare = typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
  if (bare && profile.wrapSimpleAsComplex && findAttribute(attribute.subAttributes, 'value')) return { value: raw }
  throw new MusterError('invalidValue', `${at} must be an object`)
}

function findSubAttribute(attribute: Attribute, name: string, profile: Profile): Attribute | undefined {
  const found = findAttribute(attribute.subAttributes, name)
  if (found || !profile.aliasedSubAttributes) return found
  const alias = aliases.get(attribute.name)?.get(name.toLowerCase())
  return alias === undefined ? undefined : findAttribute(attribute.subAttributes, alias)
}
