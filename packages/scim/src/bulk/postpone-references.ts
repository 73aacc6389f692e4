import { isObject, type Json, type JsonObject } from '../json.ts'
import { messageSchema } from '../message.ts'
import { resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { referencesIn } from './bulk-references.ts'

interface PostponedData {
  /** For the POST: nothing in it refers to what is not there yet. */
  now: JsonObject
  /** A PatchOp that adds the rest; undefined when there is none. */
  later: JsonObject | undefined
}

/**
 * Divides the data of a POST that refers to resources not created yet: of a list the elements concerned are postponed,
 * of anything else the whole attribute.
 * @param isPending whether a bulkId stands for a resource that is still to come
 */
export function postponeReferences(
  data: JsonObject,
  resourceType: ResourceType,
  isPending: (bulkId: string) => boolean,
): PostponedData {
  const operations: JsonObject[] = []
  const waits = (value: Json) => [...referencesIn(value)].some(isPending)
  const divide = (attributes: JsonObject, urn: string): JsonObject => {
    const now: [string, Json][] = []
    for (const [name, value] of Object.entries(attributes)) {
      const isExtension = urn === '' && resolveAttribute(resourceType, name)?.kind === 'extension'
      if (isExtension && isObject(value)) now.push([name, divide(value, `${name}:`)])
      else if (!waits(value)) now.push([name, value])
      else if (!Array.isArray(value)) operations.push({ op: 'add', path: `${urn}${name}`, value })
      else {
        operations.push({ op: 'add', path: `${urn}${name}`, value: value.filter(waits) })
        now.push([name, value.filter((element) => !waits(element))])
      }
    }
    return Object.fromEntries(now)
  }
  const now = divide(data, '')
  const later = { schemas: [messageSchema('PatchOp')], Operations: operations }
  return { now, later: operations.length === 0 ? undefined : later }
}

/**
 * Drops references in attributes that only the service provider sets: it would ignore them anyway (RFC 7644 §3.3), and
 * a user who names his groups must not look like a circle when they name him as a member.
 */
export function withoutIdleReferences(data: JsonObject, resourceType: ResourceType): JsonObject {
  const isIdle = ([name, value]: [string, Json]) => {
    const path = resolveAttribute(resourceType, name)
    return path?.kind === 'attribute' && path.attribute.mutability === 'readOnly' && referencesIn(value).size > 0
  }
  return Object.fromEntries(Object.entries(data).filter((entry) => !isIdle(entry)))
}
