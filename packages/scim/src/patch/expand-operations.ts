import { MusterError } from '@muster/runtime/errors'
import { isObject, isUnsafeName, shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { type PatchPath, parsePatchPath } from './patch-path.ts'
import type { Operation } from './patch-request.ts'

/** An operation on exactly one attribute (or part of it), with its value as the client sent it. */
export interface TargetedOperation {
  op: Operation['op']
  path: PatchPath
  value: unknown
  /** Where it stands, for error texts. */
  at: string
  /** Whether the attribute was a key of a value instead of the path. */
  isKey: boolean
}

/**
 * Resolves every operation to single attributes, in order: an operation without a path is one per key of its value, an
 * extension's container one per attribute in it. What the profile ignores is left out.
 * @throws `invalidPath`, `invalidFilter`, `noTarget` for a remove without a path, `invalidValue` for a value that
 *   should be an object, `invalidSyntax` for one that names an attribute twice
 */
export function expandOperations(
  operations: readonly Operation[],
  resourceType: ResourceType,
  profile: Profile,
): TargetedOperation[] {
  const context = { resourceType, profile }
  return operations.flatMap((operation) => [...expandPath(operation, context)])
}

interface Context {
  resourceType: ResourceType
  profile: Profile
}

function* expandPath(operation: Operation, context: Context): Generator<TargetedOperation> {
  const { path } = operation
  if (path === undefined) return yield* expandKeys(operation, '', context)
  const target = parsePatchPath(path, context.resourceType, context.profile)
  if (target?.kind === 'attribute') yield targeted(operation, target, false)
  else if (target) yield* expandExtension(operation, target.extension.id, context)
  else refuseUnknownPath(path, operation, context)
}

/** Without a path the keys of the value are the paths; `prefix` is the extension they stand in, with its colon. */
function* expandKeys(operation: Operation, prefix: string, context: Context): Generator<TargetedOperation> {
  const { op, value, at } = operation
  if (op === 'remove' && !(context.profile.removeWithValue && isObject(value))) {
    throw new MusterError('noTarget', `${at} removes without a path`)
  }
  if (!isObject(value)) throw new MusterError('invalidValue', `${at}.value must be an object`)
  const keys = Object.keys(value)
  if (new Set(keys.map((key) => key.toLowerCase())).size < keys.length) {
    throw new MusterError('invalidSyntax', `${at}.value names an attribute twice`)
  }
  for (const [key, inner] of Object.entries(value)) {
    const target = keyTarget(key, prefix, operation, context)
    const part = { ...operation, value: inner, at: `${at}.value` }
    if (target?.kind === 'attribute') yield targeted(part, target, true)
    else if (target) yield* expandExtension(part, target.extension.id, context)
    else refuseUnknownPath(key, operation, context)
  }
}

function* expandExtension(operation: Operation, urn: string, context: Context): Generator<TargetedOperation> {
  const { op, value } = operation
  if (isObject(value)) return yield* expandKeys(operation, `${urn}:`, context)
  if (op !== 'remove' && value !== null) {
    throw new MusterError('invalidValue', `${operation.at}.value must be an object`)
  }
  if (op === 'add') return
  const { attributes } = context.resourceType.extensions.find(({ id }) => id === urn) ?? { attributes: [] }
  // What the service provider says itself is not the client's to remove, and does not stand in the way.
  for (const attribute of attributes.filter(({ mutability }) => mutability !== 'readOnly')) {
    const path = { kind: 'attribute', extension: urn, attribute, subAttribute: undefined, filter: undefined } as const
    yield targeted({ ...operation, op: 'remove', value: undefined }, path, true)
  }
}

function keyTarget(key: string, prefix: string, { at }: Operation, { resourceType, profile }: Context) {
  if (isUnsafeName(key)) throw new MusterError('invalidPath', `${at}.value has a key that is not an attribute name`)
  try {
    const target = parsePatchPath(`${prefix}${key}`, resourceType, profile)
    const isPlain = target?.kind !== 'attribute' || !(target.subAttribute || target.filter)
    return isPlain || profile.pathsAsKeys ? target : undefined
  } catch (error) {
    // A key that is no path at all is an unknown attribute, which the profile judges.
    if (error instanceof MusterError && error.code === 'invalidPath') return undefined
    throw error
  }
}

function refuseUnknownPath(path: string, { at }: Operation, { profile }: Context): void {
  if (profile.ignoreUnknownAttributes) return
  throw new MusterError('invalidPath', `${at} names the unknown attribute ${shownName(path)}`)
}

function targeted({ op, value, at }: Operation, path: PatchPath, isKey: boolean): TargetedOperation {
  return { op, path, value, at, isKey }
}
