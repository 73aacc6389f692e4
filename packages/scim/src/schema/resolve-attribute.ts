import type { Attribute } from './attribute.ts'
import { commonAttributes } from './common-attributes.ts'
import { findAttribute } from './find-attribute.ts'
import type { ResourceType } from './resource-type.ts'
import type { Schema } from './schema.ts'

/** One attribute or sub-attribute of a resource type. */
export interface AttributePath {
  readonly kind: 'attribute'
  /** The URN of the extension, its container's key in a document; undefined for core and common attributes. */
  readonly extension: string | undefined
  readonly attribute: Attribute
  readonly subAttribute: Attribute | undefined
}

/** A whole extension, named by its URN alone. */
interface ExtensionPath {
  readonly kind: 'extension'
  readonly extension: Schema
}

export type ResolvedPath = AttributePath | ExtensionPath

interface ResolveOptions {
  /** Also find extension attributes without their URN, after core and common ones. */
  unprefixedExtensionAttributes?: boolean
}

/**
 * Finds what a path such as `userName`, `name.givenName`, `urn:…:core:2.0:User:name.givenName`,
 * `urn:…:enterprise:2.0:User:manager.value` or a bare extension URN means; all of it in any case (RFC 7644 §3.10).
 * Undefined when the resource type has no such attribute.
 */
export function resolveAttribute(
  resourceType: ResourceType,
  path: string,
  options: ResolveOptions = {},
): ResolvedPath | undefined {
  const core = afterUrn(path, resourceType.schema.id)
  if (core !== undefined) return coreAttribute(resourceType, core)
  for (const extension of resourceType.extensions) {
    const rest = afterUrn(path, extension.id)
    if (rest === '') return { kind: 'extension', extension }
    if (rest !== undefined) return within(extension.attributes, rest, extension.id)
  }
  const found = coreAttribute(resourceType, path)
  if (found || !options.unprefixedExtensionAttributes) return found
  for (const extension of resourceType.extensions) {
    const unprefixed = within(extension.attributes, path, extension.id)
    if (unprefixed) return unprefixed
  }
  return undefined
}

/** The canonical text of a path: `userName`, `emails.value`, `urn:…:User:manager.value`. */
export function pathName({ extension, attribute, subAttribute }: AttributePath): string {
  const name = attributeKey(extension, attribute)
  return subAttribute ? `${name}.${subAttribute.name}` : name
}

/** The canonical name of a top-level attribute, with its URN when an extension defines it. */
export function attributeKey(extension: string | undefined, attribute: Attribute): string {
  return extension === undefined ? attribute.name : `${extension}:${attribute.name}`
}

/** What follows `urn` and its colon; `''` for the URN alone, undefined when the path does not begin with it. */
function afterUrn(path: string, urn: string): string | undefined {
  if (path.slice(0, urn.length).toLowerCase() !== urn.toLowerCase()) return undefined
  if (path.length === urn.length) return ''
  return path[urn.length] === ':' ? path.slice(urn.length + 1) || undefined : undefined
}

function coreAttribute(resourceType: ResourceType, path: string): AttributePath | undefined {
  return within(resourceType.schema.attributes, path, undefined) ?? within(commonAttributes, path, undefined)
}

function within(
  attributes: readonly Attribute[],
  path: string,
  extension: string | undefined,
): AttributePath | undefined {
  const dot = path.indexOf('.')
  const attribute = findAttribute(attributes, dot < 0 ? path : path.slice(0, dot))
  if (!attribute) return undefined
  if (dot < 0) return { kind: 'attribute', extension, attribute, subAttribute: undefined }
  const subAttribute = findAttribute(attribute.subAttributes, path.slice(dot + 1))
  return subAttribute && { kind: 'attribute', extension, attribute, subAttribute }
}
