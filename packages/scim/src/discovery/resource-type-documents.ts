import type { JsonObject } from '../json.ts'
import { groupResourceType, type ResourceType, userResourceType } from '../schema/resource-type.ts'

/** The resources of `/ResourceTypes` (RFC 7643 §6); `baseUrl` is absolute, without a slash at its end. */
export function resourceTypeDocuments(baseUrl: string): JsonObject[] {
  return [userResourceType, groupResourceType].map((resourceType) => resourceTypeDocument(resourceType, baseUrl))
}

function resourceTypeDocument(
  { name, endpoint, description, schema, extensions }: ResourceType,
  baseUrl: string,
): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.id,
    ...(extensions.length > 0
      ? { schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })) }
      : {}),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  }
}
