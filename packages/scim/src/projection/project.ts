import { isObject, type Json, type JsonObject } from '../json.ts'
import { type Attribute, isSecret } from '../schema/attribute.ts'
import { commonAttributes } from '../schema/common-attributes.ts'
import { attributeKey } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import type { Named, Selection } from './selection.ts'

/**
 * What a response shows of a resource (RFC 7644 §3.9): `returned: always` whatever the selection says, `never` and
 * (unless named) `request` not at all, of sub-attributes as of attributes. `schemas` names an extension only when
 * something of it is shown.
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
    if (value === undefined) continue
    const part = projectValue(attribute, value, mentionOf(attributeKey(extension, attribute), selection))
    if (part !== undefined) result[attribute.name] = part
  }
  return result
}

/** What a selection says about one attribute and its parts. */
interface Mention {
  isSelected: boolean
  /** Whether it was named so that it is shown although it is shown on request only. */
  isRequested: boolean
  /** The same for its sub-attributes, by name. */
  selectsPart: (name: string) => boolean
  requestsPart: (name: string) => boolean
}

function mentionOf(key: string, selection: Selection): Mention {
  if (selection.kind === 'default') return wholly(true, undefined)
  const named = selection.named.get(key)
  if (selection.kind === 'only') return named === 'whole' ? wholly(true, named) : partly(named)
  const requested = selection.requested?.get(key)
  const mention = wholly(named !== 'whole', requested)
  return named === undefined || named === 'whole' ? mention : { ...mention, selectsPart: (name) => !named.has(name) }
}

function wholly(isSelected: boolean, requested: ReturnType<Named['get']>): Mention {
  return {
    isSelected,
    isRequested: requested !== undefined,
    selectsPart: () => true,
    requestsPart: (name) => requested === 'whole' || (requested?.has(name) ?? false),
  }
}

function partly(named: ReadonlySet<string> | undefined): Mention {
  const names = (name: string) => named?.has(name) ?? false
  const isNamed = named !== undefined
  return { isSelected: isNamed, isRequested: isNamed, selectsPart: names, requestsPart: names }
}

function projectValue(attribute: Attribute, value: Json, mention: Mention): Json | undefined {
  if (!isShown(attribute, mention.isSelected, mention.isRequested)) return undefined
  if (attribute.type !== 'complex') return value
  // What is shown whatever is asked is not narrowed either.
  const parts = attribute.returned === 'always' ? { ...mention, selectsPart: () => true } : mention
  if (!Array.isArray(value)) return narrow(attribute, value, parts)
  const elements = value.flatMap((element) => narrow(attribute, element, parts) ?? [])
  return elements.length > 0 ? elements : undefined
}

/** A complex value, or an element of a list of them, with the sub-attributes that are shown. */
function narrow(attribute: Attribute, value: Json, { selectsPart, requestsPart }: Mention): JsonObject | undefined {
  if (!isObject(value)) return undefined
  const result: JsonObject = {}
  for (const subAttribute of attribute.subAttributes) {
    const { name } = subAttribute
    const part = value[name]
    if (part !== undefined && isShown(subAttribute, selectsPart(name), requestsPart(name))) result[name] = part
  }
  return Object.keys(result).length > 0 ? result : undefined
}

/** RFC 7643 §7, `returned`. */
function isShown(attribute: Attribute, isSelected: boolean, isRequested: boolean): boolean {
  if (isSecret(attribute)) return false
  if (attribute.returned === 'always') return true
  return isSelected && (attribute.returned !== 'request' || isRequested)
}
