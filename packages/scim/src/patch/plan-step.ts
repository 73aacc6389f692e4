import { MusterError } from '@muster/runtime/errors'
import { isObject } from '../json.ts'
import type { Profile } from '../profile.ts'
import { requireValue } from '../resource/check-required.ts'
import { coerceAttribute, coerceElements, coerceParts, unwrapListOfOne } from '../resource/coerce.ts'
import type { Parts } from '../resource/complex-value.ts'
import { isStored } from '../resource/document.ts'
import { type Attribute, isSecret } from '../schema/attribute.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { attributeKey } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { describedElement } from './described-element.ts'
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
  if (!profile.ignoreReadOnlyInValue) refuseReadOnlyParts(attribute, operation)
  const change = operation.op === 'remove' ? planRemove(operation, key, profile) : planWrite(operation, key, profile)
  if (!isStored(key, attribute, resourceType) || (subAttribute && isSecret(subAttribute))) return undefined
  if (!change || unassignsDefault(change, key, resourceType)) return undefined
  return { key, attribute, change, at }
}

/** POST and PUT ignore read-only parts of a value; a PATCH that names them asks for the impossible. */
function refuseReadOnlyParts(attribute: Attribute, { path, value, at }: TargetedOperation): void {
  if (path.subAttribute) return
  for (const item of Array.isArray(value) ? value : [value]) {
    const names = isObject(item) ? Object.keys(item) : []
    if (names.some((name) => findAttribute(attribute.subAttributes, name)?.mutability === 'readOnly')) {
      throw new MusterError('mutability', `${at} changes a part of ${attribute.name} that is read-only`)
    }
  }
}

/** What has a default is never without a value. Taking it away changes nothing, so that no null reactivates a user. */
function unassignsDefault(change: Change, key: string, { defaults }: ResourceType): boolean {
  return change.kind === 'assign' && change.value === undefined && defaults[key] !== undefined
}

function planRemove({ path, value, at }: TargetedOperation, key: string, profile: Profile): Change {
  const { attribute, subAttribute, filter } = path
  if (subAttribute) {
    if (subAttribute.required) throw new MusterError('mutability', `${at} removes a part of ${key} that is required`)
    const parts = new Map([[subAttribute.name, undefined]])
    return attribute.multiValued
      ? { kind: 'mergeWhere', filter, parts, adds: false, miss: { kind: 'ignore' } }
      : { kind: 'merge', parts, adds: false }
  }
  if (filter) return { kind: 'removeWhere', filter }
  if (attribute.multiValued && value !== undefined && value !== null) {
    if (!profile.removeWithValue) throw new MusterError('invalidValue', `${at} is a remove and takes no value`)
    return { kind: 'removeValues', values: coerceElements(attribute, value, key, profile) }
  }
  // An extension may go as a whole with what it requires; what is left of it is checked in the end.
  if (attribute.required && path.extension === undefined) {
    throw new MusterError('mutability', `${at} removes ${key}, which is required`)
  }
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
    return { kind: 'mergeWhere', filter, parts, adds: op === 'add', miss: missOf(operation, parts, key, profile) }
  }
  if (attribute.multiValued) {
    return op === 'add'
      ? { kind: 'append', elements: coerceElements(attribute, value, key, profile) }
      : { kind: 'assign', value: coerceAttribute(attribute, value, key, profile) }
  }
  if (attribute.type === 'complex' && (subAttribute || !clears)) {
    return { kind: 'merge', parts: partsOf(operation, key, profile), adds: op === 'add' }
  }
  const assigned = coerceAttribute(attribute, value, key, profile)
  if (attribute.required && path.extension === undefined) requireValue(key, assigned)
  return { kind: 'assign', value: assigned }
}

function partsOf({ path, value }: TargetedOperation, key: string, profile: Profile): Parts {
  const { attribute, subAttribute } = path
  if (subAttribute) {
    const part = coerceAttribute(subAttribute, value, `${key}.${subAttribute.name}`, profile)
    if (subAttribute.required) requireValue(`${key}.${subAttribute.name}`, part)
    return new Map([[subAttribute.name, part]])
  }
  const one = unwrapListOfOne(value, profile)
  if (attribute.type === 'complex') return coerceParts(attribute, one, key, profile)
  return new Map([['value', coerceAttribute({ ...attribute, multiValued: false }, one, key, profile)]])
}

/** Nothing to unassign is no failure; otherwise Entra ID expects the element to be made, and the RFC `noTarget`. */
function missOf({ path }: TargetedOperation, parts: Parts, key: string, profile: Profile): Miss {
  if ([...parts.values()].every((part) => part === undefined)) return { kind: 'ignore' }
  const described = profile.createOnValuePathMiss ? describedElement(path.filter) : undefined
  if (!described) return { kind: 'fail' }
  return {
    kind: 'create',
    seed: path.attribute.type === 'complex' ? coerceParts(path.attribute, described, key, profile) : new Map(),
  }
}
