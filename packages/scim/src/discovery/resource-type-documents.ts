import type { JsonObject } from '../json.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import type { ResourceTypes } from '../schema/resource-types.ts'

/** The resources of `/ResourceTypes` (RFC 7643 §6); `baseUrl` is absolute, without a slash at its end. */
export function resourceTypeDocuments({ user, group }: ResourceTypes, baseUrl: string): JsonObject[] {
  return [user, group].map((resourceType) => resourceTypeDocument(resourceType, baseUrl))
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
