import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import { commonAttributes } from '../schema/common-attributes.ts'
import { attributeKey } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { type Selection, selectsAttribute } from './selection.ts'

/**
 * What a response shows of a resource (RFC 7644 §3.9): `returned: always` whatever the selection says, `never` and
 * (unless named) `request` not at all. `schemas` names an extension only when something of it is shown.
 */
export function project(resource: JsonObject, selection: Selection, resourceType: ResourceType): JsonObject {
  const core = [...commonAttributes, ...resourceType.schema.attributes]
  const result = projectAttributes(resource, core, undefined, selection)
  const shown = new Set([resourceType.schema.id])
  for (const { id, attributes } of resourceType.extensions) {
    const container = resource[id]
    const part = isObject(container) ? projectAttributes(container, attributes, id, selection) : {}
    if (Object.keys(part).length === 0) continue
    result[id] = part
    shown.add(id)
  }
  return { ...result, schemas: [...shown] }
}

function projectAttributes(
  source: JsonObject,
  attributes: readonly Attribute[],
  extension: string | undefined,
  selection: Selection,
): JsonObject {
  const result: JsonObject = {}
  for (const attribute of attributes) {
    const value = source[attribute.name]
    if (value === undefined || !isShown(attribute, attributeKey(extension, attribute), selection)) continue
    const part = projectValue(value, attribute, attributeKey(extension, attribute), selection)
    if (part !== undefined) result[attribute.name] = part
  }
  return result
}

function isShown({ returned }: Attribute, key: string, selection: Selection): boolean {
  if (returned === 'always') return true
  if (returned === 'never') return false
  return returned === 'request'
    ? selection.kind === 'only' && selection.named.has(key)
    : selectsAttribute(selection, key)
}

/** Narrows a complex value, or each of its elements, to the sub-attributes that are shown. */
function projectValue(value: Json, attribute: Attribute, key: string, selection: Selection): Json | undefined {
  const named = selection.kind === 'default' ? undefined : selection.named.get(key)
  if (attribute.returned === 'always' || named === undefined || named === 'whole') return value
  if (Array.isArray(value)) {
    const elements = value.flatMap((element) => narrow(element, named, selection) ?? [])
    return elements.length > 0 ? elements : undefined
  }
  return narrow(value, named, selection)
}

function narrow(value: Json, named: ReadonlySet<string>, selection: Selection): JsonObject | undefined {
  if (!isObject(value)) return undefined
  const entries = Object.entries(value).filter(([name]) => named.has(name) === (selection.kind === 'only'))
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
