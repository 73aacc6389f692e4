import { MusterError } from '@muster/runtime/errors'
import { isObject, type Json } from '../json.ts'
import type { Profile } from '../profile.ts'
import { type AttributePath, attributeKey, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { checkSchemas } from './check-schemas.ts'
import { coerceAttribute, refuseUnknown } from './coerce.ts'
import { isStored, storedAttributes, type Values } from './document.ts'

interface Assignment {
  path: AttributePath
  raw: unknown
  /** Whether the client named the attribute where it belongs; an extension attribute without its URN is not. */
  exact: boolean
}

interface Body {
  values: Values
  /** Raw values of the attributes that are kept apart from the document, by name. */
  apart: ReadonlyMap<string, unknown>
}

/**
 * Reads the body of a POST or PUT into canonical values.
 * @throws `invalidSyntax` for what is not an object, `invalidValue` for a wrong type or a missing required attribute
 */
export function readBody(resourceType: ResourceType, body: unknown, profile: Profile): Body {
  if (!isObject(body)) throw new MusterError('invalidSyntax', 'The body must be a JSON object')
  const assignments = assignmentsOf(resourceType, body, profile)
  checkSchemas(resourceType, assignments.find(({ path }) => path.attribute.name === 'schemas')?.raw, profile)
  const values = new Map<string, Json>()
  const apart = new Map<string, unknown>()
  for (const { path, raw } of assignments) {
    if (resourceType.storedApart.includes(path.attribute.name)) apart.set(path.attribute.name, raw)
    else if (isStored(path.attribute, resourceType)) {
      const key = attributeKey(path.extension, path.attribute)
      const value = coerceAttribute(path.attribute, raw, key, profile)
      if (value !== undefined) values.set(key, value)
    }
  }
  checkRequired(resourceType, values)
  return { values, apart }
}

/** Resolves every key; each attribute comes out at most once. @throws `invalidSyntax` for one that is given twice */
function assignmentsOf(resourceType: ResourceType, body: Record<string, unknown>, profile: Profile): Assignment[] {
  const chosen = new Map<string, Assignment>()
  for (const assignment of resolveKeys(resourceType, body, profile)) {
    const key = attributeKey(assignment.path.extension, assignment.path.attribute)
    const other = chosen.get(key)
    if (other?.exact && assignment.exact) throw new MusterError('invalidSyntax', `${key} is given twice`)
    // Entra ID sends `department: null` beside the extension: the exact name wins.
    if (!other || assignment.exact) chosen.set(key, assignment)
  }
  return [...chosen.values()]
}

function* resolveKeys(
  resourceType: ResourceType,
  body: Record<string, unknown>,
  profile: Profile,
): Generator<Assignment> {
  for (const [key, raw] of Object.entries(body)) {
    const path = resolveAttribute(resourceType, key, profile)
    if (path?.kind === 'extension') {
      const urn = path.extension.id
      for (const [name, value] of Object.entries(extensionContent(raw, urn))) {
        const inner = resolveAttribute(resourceType, `${urn}:${name}`)
        if (inner?.kind === 'attribute' && !inner.subAttribute) yield { path: inner, raw: value, exact: true }
        else refuseUnknown(name, urn, profile)
      }
    } else if (path && !path.subAttribute) {
      yield { path, raw, exact: path.extension === undefined || key.includes(':') }
    } else refuseUnknown(key, `A ${resourceType.name}`, profile)
  }
}

function extensionContent(raw: unknown, urn: string): Record<string, unknown> {
  if (raw === null) return {}
  if (!isObject(raw)) throw new MusterError('invalidValue', `${urn} must be an object`)
  return raw
}

function checkRequired(resourceType: ResourceType, values: Values): void {
  for (const { key, attribute } of storedAttributes(resourceType)) {
    if (attribute.required) requireValue(key, values.get(key))
  }
}

/** A required attribute has a value that is more than white space (RFC 7643 §4.1.1). @throws `invalidValue` */
export function requireValue(key: string, value: Json | undefined): void {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
    throw new MusterError('invalidValue', `${key} is required`)
  }
}
