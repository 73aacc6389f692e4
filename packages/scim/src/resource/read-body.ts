import { MusterError } from '@muster/runtime/errors'
import { isObject, type Json } from '../json.ts'
import type { Profile } from '../profile.ts'
import { type AttributePath, attributeKey, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { checkRequired } from './check-required.ts'
import { checkSchemas } from './check-schemas.ts'
import { coerceAttribute, refuseUnknown } from './coerce.ts'
import { isStored, type Values } from './document.ts'

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
  checkSchemas(resourceType, assignments.get('schemas')?.raw, profile)
  const values = new Map<string, Json>()
  const apart = new Map<string, unknown>()
  for (const [key, { path, raw }] of assignments) {
    if (key === 'schemas' || path.attribute.mutability === 'readOnly') continue
    if (resourceType.storedApart.includes(key)) {
      apart.set(key, raw)
      continue
    }
    // What is not kept is checked all the same: a password of the wrong type is a mistake.
    const value = coerceAttribute(path.attribute, raw, key, profile)
    if (value !== undefined && isStored(key, path.attribute, resourceType)) values.set(key, value)
  }
  checkRequired(resourceType, values)
  return { values, apart }
}

/** The attributes that a body names, with what it says about them. */
export function namedKeys(resourceType: ResourceType, body: Record<string, unknown>, profile: Profile) {
  return [...resolveKeys(resourceType, body, profile)].map(({ path, raw }) => ({ path, value: raw }))
}

/** Resolves every key; each attribute comes out at most once. @throws `invalidSyntax` for one that is given twice */
function assignmentsOf(
  resourceType: ResourceType,
  body: Record<string, unknown>,
  profile: Profile,
): Map<string, Assignment> {
  const chosen = new Map<string, Assignment>()
  for (const assignment of resolveKeys(resourceType, body, profile)) {
    const key = attributeKey(assignment.path.extension, assignment.path.attribute)
    const other = chosen.get(key)
    if (other?.exact && assignment.exact) throw new MusterError('invalidSyntax', `${key} is given twice`)
    // Entra ID sends `department: null` beside the extension: the exact name wins.
    if (!other || assignment.exact) chosen.set(key, assignment)
  }
  return chosen
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
