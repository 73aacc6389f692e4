import type { JsonObject } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import type { ResourceTypes } from '../schema/resource-types.ts'
import type { Schema } from '../schema/schema.ts'

/** The resources of `/Schemas` (RFC 7643 §7), no nulls (Entra ID); `baseUrl` is absolute, without a slash at its end. */
export function schemaDocuments({ user, group }: ResourceTypes, baseUrl: string): JsonObject[] {
  const schemas = [user, group].flatMap(({ schema, extensions }) => [schema, ...extensions])
  return schemas.map((schema) => ({
    ...schemaDocument(schema),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
  }))
}

/** A schema as RFC 7643 §7 writes it, every characteristic said; `parseExtensionSchema` reads it back as the same. */
export function schemaDocument({ id, name, description, attributes }: Schema): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    ...(name === '' ? {} : { name }),
    description,
    attributes: attributes.map(attributeDocument),
  }
}

/** Complex attributes carry neither `caseExact` nor `uniqueness` (erratum 6004). */
function attributeDocument(attribute: Attribute): JsonObject {
  const { name, type, multiValued, description, required, mutability, returned } = attribute
  const { caseExact, uniqueness, canonicalValues, referenceTypes, subAttributes } = attribute
  return {
    name,
    type,
    multiValued,
    description,
    required,
    mutability,
    returned,
    ...(type === 'complex' ? { subAttributes: subAttributes.map(attributeDocument) } : { caseExact, uniqueness }),
    ...(canonicalValues.length > 0 ? { canonicalValues: [...canonicalValues] } : {}),
    ...(referenceTypes.length > 0 ? { referenceTypes: [...referenceTypes] } : {}),
  }
}
