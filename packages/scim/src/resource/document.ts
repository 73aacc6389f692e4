import { isObject, type Json, type JsonObject } from '../json.ts'
import { type Attribute, isSecret } from '../schema/attribute.ts'
import { commonAttributes } from '../schema/common-attributes.ts'
import { attributeKey } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'

/** A document's attributes, flat: by name, extension attributes by URN and name. */
export type Values = ReadonlyMap<string, Json>

interface StoredAttribute {
  key: string
  extension: string | undefined
  attribute: Attribute
}

const storedByType = new WeakMap<ResourceType, StoredAttribute[]>()

/**
 * The attributes that a document holds, in the order in which it holds them: not what the service provider assigns (`id`, `meta`, `groups`), not what is
 * kept apart (`members`), not what is never returned (`password`), and not `schemas`, which follows from the rest.
 */
export function storedAttributes(resourceType: ResourceType): readonly StoredAttribute[] {
  const known = storedByType.get(resourceType)
  if (known) return known
  const sources = [
    { extension: undefined, attributes: [...commonAttributes, ...resourceType.schema.attributes] },
    ...resourceType.extensions.map(({ id, attributes }) => ({ extension: id, attributes })),
  ]
  const stored = sources.flatMap(({ extension, attributes }) =>
    attributes
      .map((attribute) => ({ key: attributeKey(extension, attribute), extension, attribute }))
      .filter(({ key, attribute }) => isStored(key, attribute, resourceType)),
  )
  storedByType.set(resourceType, stored)
  return stored
}

/** Whether a document holds the attribute; see `storedAttributes`. */
export function isStored(key: string, attribute: Attribute, resourceType: ResourceType): boolean {
  if (attribute.mutability === 'readOnly' || isSecret(attribute)) return false
  return key !== 'schemas' && !resourceType.storedApart.includes(key)
}

/** The flat form of a document. */
export function readValues(resourceType: ResourceType, document: JsonObject): Map<string, Json> {
  const values = new Map<string, Json>()
  for (const { key, extension, attribute } of storedAttributes(resourceType)) {
    const container = extension === undefined ? document : document[extension]
    const value = isObject(container) ? container[attribute.name] : undefined
    if (value !== undefined) values.set(key, value)
  }
  return values
}

/**
 * Builds the canonical document: attributes in the order of the tables, defaults filled in, extensions in their
 * containers, and `schemas` naming the core schema first and an extension only when it holds something.
 */
export function composeDocument(resourceType: ResourceType, values: Values): JsonObject {
  const schemas = [resourceType.schema.id]
  const document: JsonObject = { schemas }
  for (const { key, extension, attribute } of storedAttributes(resourceType)) {
    const value = values.get(key) ?? resourceType.defaults[key]
    if (value === undefined) continue
    if (extension === undefined) {
      document[attribute.name] = value
      continue
    }
    const container = document[extension]
    if (isObject(container)) container[attribute.name] = value
    else {
      document[extension] = { [attribute.name]: value }
      schemas.push(extension)
    }
  }
  return document
}
