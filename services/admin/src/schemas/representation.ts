import type { RegisteredSchema } from '@muster/repository'
import { schemaDocument } from '@muster/scim'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { openObject, timestamp } from '../schema/values.ts'

const resourceType = Type.Enum(['User', 'Group'], { description: 'What the schema extends.' })

export const schemaParams = Type.Object({ urn: Type.String() })

export const registeredSchema = Type.Object({
  urn: Type.String(),
  resourceType,
  resources: Type.Integer({ description: 'Users or groups, over all directories, that have values of it.' }),
  schema: Type.Unsafe<Record<string, unknown>>({
    ...openObject,
    description: 'The Schema document (RFC 7643 §7) as it is understood, every characteristic said.',
  }),
  createdAt: timestamp,
  updatedAt: timestamp,
})

export const schemaDraft = closed({
  ...organizationChoice,
  resourceType,
  schema: Type.Unsafe<Record<string, unknown>>({
    ...openObject,
    description:
      "A Schema document (RFC 7643 §7), as another server's /Schemas shows it. Its `id` is the URN of the address.",
  }),
})

export function representSchema({
  extension,
  resources,
  createdAt,
  updatedAt,
}: RegisteredSchema): Static<typeof registeredSchema> {
  return {
    urn: extension.schema.id,
    resourceType: extension.resourceType,
    resources,
    schema: schemaDocument(extension.schema),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
