import {
  type AttributePath,
  canonicalInstant,
  comparisonKey,
  type Json,
  type JsonObject,
  type Sort,
} from '@muster/scim'
import { leafOf } from './filter-arbitraries.ts'

/**
 * Sorts representations as RFC 7644 §3.4.2.3 says, by other means than SQL. A sort that is undefined for a resource is
 * one by an attribute it does not have.
 */
export function sortInMemory(
  resources: readonly JsonObject[],
  sortFor: (resource: JsonObject) => Sort | undefined,
): JsonObject[] {
  const keyed = resources.map((resource) => {
    const sort = sortFor(resource)
    return { resource, key: sort && keyOf(sort.attribute, resource) }
  })
  const descending = resources.map(sortFor).find((sort) => sort !== undefined)?.descending ?? false
  keyed.sort((left, right) => {
    const order = compareKeys(left.key, right.key) || compareTexts(String(left.resource.id), String(right.resource.id))
    return descending ? -order : order
  })
  return keyed.map(({ resource }) => resource)
}

function compareKeys(left: Json | undefined, right: Json | undefined): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined)
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right)
  return Number(left) - Number(right)
}

/** UTF-8 orders as code points do. */
function compareTexts(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

function keyOf(path: AttributePath, resource: JsonObject): Json | undefined {
  const container = path.extension === undefined ? resource : (resource[path.extension] as JsonObject | undefined)
  const value = chief(container?.[path.attribute.name])
  const part = path.subAttribute ? chief((value as JsonObject | undefined)?.[path.subAttribute.name]) : value
  const { type, caseExact } = leafOf(path)
  if (part === '') return undefined
  if (typeof part !== 'string') return part
  if (type === 'dateTime') return canonicalInstant(part)
  return caseExact ? part : comparisonKey(part)
}

function chief(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return value
  return value.find((element) => (element as JsonObject | null)?.primary === true) ?? value[0]
}
