import { MusterError } from '@muster/runtime/errors'
import { isObject, isUnsafeName, type Json, shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import { type Attribute, isSecret } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { coerceSimple } from './coerce-simple.ts'
import { composeComplex, isSpent, type Parts } from './complex-value.ts'
import { addElements, checkElements } from './elements.ts'

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
  const elements = list.flatMap((item, index) => coerceValue(attribute, item, `${at}[${index}]`, profile) ?? [])
  const distinct: Json[] = []
  addElements(attribute, distinct, elements, at)
  return checkElements(distinct, at)
}

/**
 * What an object, or a bare value where the profile tolerates one, says about the sub-attributes of a complex value.
 * Read-only ones are ignored (RFC 7643 §7); secret ones are checked and not kept.
 */
export function coerceParts(attribute: Attribute, raw: unknown, at: string, profile: Profile): Parts {
  const parts = new Map<string, Json | undefined>()
  for (const [name, { subAttribute, part }] of namedParts(
    attribute,
    asObject(attribute, raw, at, profile),
    at,
    profile,
  )) {
    if (subAttribute.mutability === 'readOnly') continue
    const value = coerceAttribute(subAttribute, part, `${at}.${name}`, profile)
    if (!isSecret(subAttribute)) parts.set(name, value)
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

function coerceValue(attribute: Attribute, raw: unknown, at: string, profile: Profile): Json | undefined {
  if (attribute.type !== 'complex') return coerceSimple(attribute, raw, at, profile)
  if (raw === null || raw === undefined || (raw === '' && profile.emptyStringUnassigns)) return undefined
  const parts = coerceParts(attribute, raw, at, profile)
  return parts.has('value') && isSpent(parts) ? undefined : composeComplex(attribute, parts)
}

function asObject(attribute: Attribute, raw: unknown, at: string, profile: Profile): Record<string, unknown> {
  if (isObject(raw)) return raw
  const bare = typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
  if (bare && profile.wrapSimpleAsComplex && findAttribute(attribute.subAttributes, 'value')) return { value: raw }
  throw new MusterError('invalidValue', `${at} must be an object`)
}

interface NamedPart {
  subAttribute: Attribute
  part: unknown
  /** Whether it came under its own name; that wins over an alias. */
  exact: boolean
}

/** Resolves the names; each sub-attribute comes out at most once. @throws `invalidSyntax` for one that is given twice */
function namedParts(attribute: Attribute, object: Record<string, unknown>, at: string, profile: Profile) {
  const named = new Map<string, NamedPart>()
  for (const [name, part] of Object.entries(object)) {
    const found = findAttribute(attribute.subAttributes, name)
    const subAttribute = found ?? (profile.aliasedSubAttributes ? findByAlias(attribute, name) : undefined)
    if (!subAttribute) {
      refuseUnknown(name, at, profile)
      continue
    }
    const other = named.get(subAttribute.name)
    const exact = found !== undefined
    if (other?.exact && exact) throw new MusterError('invalidSyntax', `${at}.${subAttribute.name} is given twice`)
    if (!other || exact) named.set(subAttribute.name, { subAttribute, part, exact })
  }
  return named
}

function findByAlias({ subAttributes }: Attribute, name: string): Attribute | undefined {
  return subAttributes.find(({ alias }) => alias?.toLowerCase() === name.toLowerCase())
}
