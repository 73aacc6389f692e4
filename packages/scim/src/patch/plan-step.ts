import { MusterError } from '@muster/runtime/errors'
import type { Comparison, Filter } from '../filter/filter.ts'
import type { Profile } from '../profile.ts'
import { coerceAttribute, coerceElements, coerceParts, unwrapListOfOne } from '../resource/coerce.ts'
import type { Parts } from '../resource/complex-value.ts'
import { isStored } from '../resource/document.ts'
import { requireValue } from '../resource/read-body.ts'
import { attributeKey } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import type { TargetedOperation } from './expand-operations.ts'
import type { Change, Miss, Step } from './step.ts'

/**
 * Checks and coerces one operation on one attribute (RFC 7644 §3.5.2.1–3).
 * @returns undefined when it changes no document: `password`, `schemas`, a tolerated `id`, an add of nothing
 * @throws `mutability` for a read-only attribute or the removal of a required one, `invalidValue` naming the attribute
 */
export function planStep(operation: TargetedOperation, resourceType: ResourceType, profile: Profile): Step | undefined {
  const { path, at, isKey } = operation
  const { attribute, subAttribute } = path
  const key = attributeKey(path.extension, attribute)
  if (attribute.mutability === 'readOnly' || subAttribute?.mutability === 'readOnly') {
    if (isKey && profile.ignoreReadOnlyInValue) return undefined
    throw new MusterError('mutability', `${at} changes ${key}, which is read-only`)
  }
  if (!isStored(attribute, resourceType)) return undefined
  const change = operation.op === 'remove' ? planRemove(operation, key, profile) : planWrite(operation, key, profile)
  if (!change || unassignsDefault(change, key, resourceType)) return undefined
  return { key, attribute, change, at }
}

/** What has a default is never without a value. Taking it away changes nothing, so that no null reactivates a user. */
function unassignsDefault(change: Change, key: string, { defaults }: ResourceType): boolean {
  return change.kind === 'assign' && change.value === undefined && defaults[key] !== undefined
}

function planRemove({ path, value, at }: TargetedOperation, key: string, profile: Profile): Change {
  const { attribute, subAttribute, filter } = path
  if (subAttribute) {
    const parts = new Map([[subAttribute.name, undefined]])
    return attribute.multiValued
      ? { kind: 'mergeWhere', filter, parts, miss: { kind: 'ignore' } }
      : { kind: 'merge', parts }
  }
  if (filter) return { kind: 'removeWhere', filter }
  if (attribute.multiValued && value !== undefined && value !== null) {
    if (!profile.removeWithValue) throw new MusterError('invalidValue', `${at} is a remove and takes no value`)
    return { kind: 'removeValues', values: coerceElements(attribute, value, key, profile) }
  }
  if (attribute.required) throw new MusterError('mutability', `${at} removes ${key}, which is required`)
  return { kind: 'assign', value: undefined }
}

function planWrite(operation: TargetedOperation, key: string, profile: Profile): Change | undefined {
  const { op, path, value } = operation
  const { attribute, subAttribute, filter } = path
  const absent = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  if (op === 'add' && absent) return undefined
  // To add a single value is to set it, so an empty string unassigns there too.
  const clears = absent || (value === '' && profile.emptyStringUnassigns)
  if (attribute.multiValued && (subAttribute || filter)) {
    if (filter && !subAttribute && clears) return { kind: 'removeWhere', filter }
    const parts = partsOf(operation, key, profile)
    return { kind: 'mergeWhere', filter, parts, miss: missOf(operation, parts, key, profile) }
  }
  if (attribute.multiValued) {
    return op === 'add'
      ? { kind: 'append', elements: coerceElements(attribute, value, key, profile) }
      : { kind: 'assign', value: coerceAttribute(attribute, value, key, profile) }
  }
  if (attribute.type === 'complex' && (subAttribute || !clears)) {
    return { kind: 'merge', parts: partsOf(operation, key, profile) }
  }
  const assigned = coerceAttribute(attribute, value, key, profile)
  if (attribute.required) requireValue(key, assigned)
  return { kind: 'assign', value: assigned }
}

function partsOf({ path, value }: TargetedOperation, key: string, profile: Profile): Parts {
  const { attribute, subAttribute } = path
  if (!subAttribute) return coerceParts(attribute, unwrapListOfOne(value, profile), key, profile)
  const part = coerceAttribute(subAttribute, value, `${key}.${subAttribute.name}`, profile)
  return new Map([[subAttribute.name, part]])
}

/** Nothing to unassign is no failure; otherwise Entra ID expects the element to be made, and the RFC `noTarget`. */
function missOf({ path }: TargetedOperation, parts: Parts, key: string, profile: Profile): Miss {
  if ([...parts.values()].every((part) => part === undefined)) return { kind: 'ignore' }
  const terms = profile.createOnValuePathMiss ? equalityTerms(path.filter) : undefined
  if (!terms) return { kind: 'fail' }
  const named = Object.fromEntries(terms.map(({ attribute, value }) => [attribute.subAttribute?.name, value]))
  return { kind: 'create', seed: coerceParts(path.attribute, named, key, profile) }
}

/** The `eq` terms that describe an element; undefined when the filter says anything else. */
function equalityTerms(filter: Filter | undefined): Comparison[] | undefined {
  if (!filter) return []
  const terms = filter.kind === 'and' ? filter.terms : [filter]
  const equalities = terms.flatMap((term) => (term.kind === 'compare' && term.operator === 'eq' ? [term] : []))
  return equalities.length === terms.length ? equalities : undefined
}
