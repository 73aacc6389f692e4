import { groupResourceType, type ResourceType, userResourceType } from './resource-type.ts'
import type { Schema } from './schema.ts'

/** The resource types of one directory: the standard ones with whatever its organization registered. */
export interface ResourceTypes {
  readonly user: ResourceType
  readonly group: ResourceType
}

/** A schema that an organization adds to a resource type (RFC 7643 §3.3). */
export interface ExtensionSchema {
  readonly resourceType: 'User' | 'Group'
  readonly schema: Schema
}

export const standardResourceTypes: ResourceTypes = { user: userResourceType, group: groupResourceType }

/** The standard resource types with registered extensions behind their own. */
export function resourceTypesWith(extensions: readonly ExtensionSchema[]): ResourceTypes {
  if (extensions.length === 0) return standardResourceTypes
  return { user: extended(userResourceType, extensions), group: extended(groupResourceType, extensions) }
}

function extended(resourceType: ResourceType, extensions: readonly ExtensionSchema[]): ResourceType {
  const own = extensions.filter((extension) => extension.resourceType === resourceType.name)
  return { ...resourceType, extensions: [...resourceType.extensions, ...own.map(({ schema }) => schema)] }
}
