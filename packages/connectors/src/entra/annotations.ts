import { ConnectorError } from '../connector-error.ts'
import type { JsonValue } from '../source-record.ts'
import type { GraphObject } from './graph-page.ts'

/** Somebody whom an annotation names: a member, a manager. */
export interface Related {
  id: string
  /** `#microsoft.graph.user`; not always said. */
  type?: string
  isRemoved: boolean
}

/** Whether a page says that the object is gone: deleted for good, or to the bin, from which it may come back as a new one. */
export function isRemoved(object: GraphObject): boolean {
  return object['@removed'] !== undefined
}

/**
 * What `members@delta` or `manager@delta` says; undefined when the page does not have it.
 * @throws ConnectorError `protocol` for what names nobody: left out, it would be a membership that ends
 */
export function relatedIn(object: GraphObject, property: 'members' | 'manager'): Related[] | undefined {
  const said: JsonValue | undefined = object[`${property}@delta`]
  if (said === undefined || said === null) return undefined
  if (!Array.isArray(said)) throw malformed(property)
  return said.map((one) => {
    if (typeof one?.id !== 'string' || one.id === '') throw malformed(property)
    const type = one['@odata.type']
    return { id: one.id, isRemoved: '@removed' in one, ...(typeof type === 'string' && { type }) }
  })
}

/** The id of a manager that was asked for with the user (`$expand`). */
export function expandedId({ manager }: GraphObject): string | undefined {
  return typeof manager === 'object' && manager !== null && 'id' in manager ? String(manager.id) : undefined
}

function malformed(property: string): ConnectorError {
  return new ConnectorError('protocol', `Microsoft Graph answered with ${property} that name nobody.`)
}

/**
 * The objects of a page, each once: what is said later counts, property by property. Lists of changes are put behind each other, for
 * members come in parts.
 */
export function onceEach(objects: readonly GraphObject[]): GraphObject[] {
  const byId = new Map<string, GraphObject>()
  for (const object of objects) {
    const before = byId.get(object.id)
    byId.set(
      object.id,
      before === undefined || isRemoved(object) || isRemoved(before) ? object : joined(before, object),
    )
  }
  return [...byId.values()]
}

function joined(before: GraphObject, object: GraphObject): GraphObject {
  const changes = ['members@delta', 'manager@delta'].flatMap((name) => {
    const [first, second] = [before[name], object[name]]
    return Array.isArray(first) && Array.isArray(second) ? [[name, [...first, ...second]] as const] : []
  })
  return { ...before, ...object, ...Object.fromEntries(changes) }
}
