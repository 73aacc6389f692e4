import type { Dialect } from '../dialect.ts'
import { isObject } from '../json.ts'
import { expandOperations } from '../patch/expand-operations.ts'
import { readOperations } from '../patch/patch-request.ts'
import { namedKeys } from '../resource/read-body.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import type { ResolvedPath } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { holdsBack, namedBy, type Selection } from './selection.ts'

/**
 * What the answer to a POST, PUT or PATCH shows: besides what the query selects also the attributes that are shown on
 * request only and that the body specified (RFC 7643 §7, `returned: request`). `attributes` in the query says it all.
 * @param body one that was accepted already
 */
export function selectionAfterWrite(
  selection: Selection,
  body: unknown,
  resourceType: ResourceType,
  { profile }: Pick<Dialect, 'profile'>,
): Selection {
  if (selection.kind === 'only' || !isObject(body) || !holdsBack(resourceType)) return selection
  const isPatch = Object.keys(body).some((name) => name.toLowerCase() === 'operations')
  const named = isPatch
    ? expandOperations(readOperations(body, profile), resourceType, profile).map(({ path, value }) => ({ path, value }))
    : namedKeys(resourceType, body, profile)
  const requested = namedBy(named.flatMap(({ path, value }) => [path, ...partsIn(path, value)].filter(isRequestOnly)))
  const unwanted = selection.kind === 'except' ? selection.named : new Map()
  return { kind: 'except', named: unwanted, requested }
}

/** The sub-attributes that a value names, wherever it names them. */
function partsIn(path: ResolvedPath, value: unknown): ResolvedPath[] {
  if (path.kind === 'extension' || path.subAttribute) return []
  const items = Array.isArray(value) ? value : [value]
  const names = new Set(items.flatMap((item) => (isObject(item) ? Object.keys(item) : [])))
  return [...names].flatMap((name) => {
    const subAttribute = findAttribute(path.attribute.subAttributes, name)
    return subAttribute ? [{ ...path, subAttribute }] : []
  })
}

function isRequestOnly(path: ResolvedPath): boolean {
  if (path.kind === 'extension') return false
  return path.attribute.returned === 'request' || path.subAttribute?.returned === 'request'
}
