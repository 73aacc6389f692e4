import { parseGuard, parseSyncFilters } from '@muster/people'
import type { Organization } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { displayName, nullableText, timestamp } from '../schema/values.ts'
import { startedProperties } from '../settlements/representation.ts'
import { guardSchema, syncFiltersSchema } from './settings-schema.ts'

const linkByEmail = Type.Enum(['organization', 'verifiedDomains', 'never'], {
  description:
    'Whether directory users of different directories with one primary email are one person. Evaluated only when a directory user is created.',
})

const directoryOrder = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: 1_000,
  description:
    'Directories by rank, the primary one first: of what they say about a person the highest rank wins. Who is not listed ranks behind, by age.',
})

const holdExpiryHours = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 8_760,
  description: 'When a hold expires that nobody decides; null: never.',
})

const directoryConfig = closed({ syncFilters: Type.Optional(syncFiltersSchema) })

const properties = {
  id: Type.String(),
  name: Type.String(),
  linkByEmail,
  verifiedDomains: Type.Array(Type.String(), {
    description: 'Domains of addresses by which people are linked under linkByEmail "verifiedDomains".',
  }),
  adminEmail: nullableText,
  primaryDirectoryId: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The first of directoryOrder; null: the oldest directory.',
  }),
  directoryOrder,
  directoryConfig: Type.Object({ syncFilters: syncFiltersSchema }),
  guard: guardSchema,
  effectiveGuard: guardSchema,
  holdExpiryHours,
  createdAt: timestamp,
  updatedAt: timestamp,
}

export const organizationSchema = Type.Object(properties)

/** With what the change has begun. */
export const changedOrganizationSchema = Type.Object({ ...properties, ...startedProperties })

export const organizationDraft = closed({ name: displayName })

export const organizationChanges = closed({
  ...organizationChoice,
  name: Type.Optional(displayName),
  linkByEmail: Type.Optional(linkByEmail),
  verifiedDomains: Type.Optional(
    Type.Array(Type.String({ maxLength: 253, pattern: '^[^@\\s\\u0000]+\\.[^@\\s\\u0000]+$' }), { maxItems: 100 }),
  ),
  adminEmail: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength: 320,
      pattern: '^[^@\\s\\u0000]+@[^@\\s\\u0000]+$',
    }),
  ),
  primaryDirectoryId: Type.Optional(
    Type.String({ maxLength: 64, description: 'Is put before the others of directoryOrder.' }),
  ),
  directoryOrder: Type.Optional(directoryOrder),
  directoryConfig: Type.Optional(directoryConfig),
  guard: Type.Optional(guardSchema),
  holdExpiryHours: Type.Optional(holdExpiryHours),
})

/** What of the changes can be previewed. */
export const organizationPreview = closed({
  ...organizationChoice,
  primaryDirectoryId: organizationChanges.properties.primaryDirectoryId,
  directoryOrder: organizationChanges.properties.directoryOrder,
  directoryConfig: Type.Optional(directoryConfig),
})

export function representOrganization(organization: Organization): Static<typeof organizationSchema> {
  const [primary = null, ...others] = organization.directoryOrder.map((id) => toTypeId('directory', id))
  return {
    id: toTypeId('organization', organization.organizationId),
    name: organization.name,
    linkByEmail: organization.linkByEmail,
    verifiedDomains: organization.verifiedDomains,
    adminEmail: organization.adminEmail,
    primaryDirectoryId: primary,
    directoryOrder: primary === null ? [] : [primary, ...others],
    directoryConfig: { syncFilters: parseSyncFilters(organization.syncFilters) as unknown as JsonObject },
    guard: organization.guard,
    effectiveGuard: parseGuard(organization.guard) as unknown as JsonObject,
    holdExpiryHours: organization.holdExpiryHours,
    createdAt: organization.createdAt.toISOString(),
    updatedAt: organization.updatedAt.toISOString(),
  }
}
