import { compileMapping, parseMapping, parseSyncFilters } from '@muster/people'
import type { Directory, OrganizationScope } from '@muster/repository'
import { encodeUuid, toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { type Static, Type } from 'typebox'
import { syncFiltersSchema } from '../organizations/settings-schema.ts'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { displayName, nullableText, nullableTimestamp, timestamp } from '../schema/values.ts'
import { startedProperties } from '../settlements/representation.ts'
import { directoryType } from './directory-type.ts'
import { effectiveFlags, effectiveScimFlagsSchema, scimFlagChanges, scimFlagsSchema } from './scim-flags.ts'
import { configChanges, configDraft, readProperties, representReading, syncChanges } from './sync-representation.ts'

const scimProfile = Type.Enum(['compatible', 'strict'], {
  description: 'How literally SCIM requests are taken: as identity providers send them, or by the letter of the RFCs.',
})

/** Checked by packages/people, whose errors say where. */
export const mappingSchema = Type.Unsafe<Record<string, string | null>>({
  type: 'object',
  additionalProperties: { type: ['string', 'null'] },
  description:
    'Attribute of the person → expression over the documents of this directory, over the default of its type; null: not mapped. Replaced as a whole.',
})

const effectiveMapping = Type.Record(Type.String(), Type.String(), {
  description: 'Every mapped attribute with its expression, defaults included.',
})

const silentAfterHours = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 87_600,
  description:
    'How long the identity provider of a SCIM directory may send nothing before `directory.silent` is raised; null: for ever.',
})

const properties = {
  id: Type.String(),
  organizationId: Type.String(),
  name: Type.String(),
  type: directoryType,
  status: Type.Enum(['PENDING', 'ACTIVE', 'ERROR', 'PAUSED']),
  scimProfile,
  scimFlags: scimFlagsSchema,
  effectiveScimFlags: effectiveScimFlagsSchema,
  mapping: mappingSchema,
  effectiveMapping,
  syncFilters: syncFiltersSchema,
  scimBaseUrl: Type.Unsafe<string | null>({
    ...nullableText,
    description: 'What the identity provider is given as base URL (tenant URL); null for directories that are read.',
  }),
  ...readProperties,
  isTest: Type.Boolean({ description: 'Made up for development; see /api/test-directories.' }),
  silentAfterHours,
  silentSince: nullableTimestamp,
  lastRequestAt: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: 'When one of its SCIM tokens was used last, to the minute.',
  }),
  createdAt: timestamp,
  updatedAt: timestamp,
}

export const directorySchema = Type.Object(properties)

/** With what the change has begun. */
export const changedDirectorySchema = Type.Object({ ...properties, ...startedProperties })

export const createdDirectorySchema = Type.Object({
  ...properties,
  token: Type.Optional(
    Type.String({ description: 'Of a SCIM directory: the bearer token for its identity provider. Shown this once.' }),
  ),
})

export const directoryDraft = closed({
  ...organizationChoice,
  name: displayName,
  type: directoryType,
  scimProfile: Type.Optional(scimProfile),
  config: Type.Optional(configDraft),
  sync: Type.Optional(syncChanges),
  paused: Type.Optional(
    Type.Boolean({ description: 'Takes nothing in until it is resumed; it can be tested and planned before.' }),
  ),
})

export const directoryChanges = closed({
  ...organizationChoice,
  name: Type.Optional(displayName),
  scimProfile: Type.Optional(scimProfile),
  scimFlags: Type.Optional(scimFlagChanges),
  silentAfterHours: Type.Optional(silentAfterHours),
  mapping: Type.Optional(mappingSchema),
  syncFilters: Type.Optional(syncFiltersSchema),
  config: Type.Optional(configChanges),
  sync: Type.Optional(syncChanges),
})

/** What of the changes can be previewed. */
export const directoryPreview = closed({
  ...organizationChoice,
  mapping: Type.Optional(mappingSchema),
  syncFilters: Type.Optional(syncFiltersSchema),
})

/** How directories of an organization are shown. `scimBaseUrl` is the SCIM service's, without a slash at its end. */
export function directoryView({ organizationId }: OrganizationScope, scimBaseUrl: string) {
  return (directory: Directory): Static<typeof directorySchema> => ({
    id: toTypeId('directory', directory.directoryId),
    organizationId: toTypeId('organization', organizationId),
    name: directory.name,
    type: directory.type,
    status: directory.status,
    scimProfile: directory.scimProfile,
    scimFlags: directory.scimFlags,
    effectiveScimFlags: effectiveFlags(directory),
    mapping: directory.mapping as Record<string, string | null>,
    effectiveMapping: Object.fromEntries(compileMapping(directory.type, parseMapping(directory.mapping)).expressions),
    syncFilters: parseSyncFilters(directory.syncFilters) as unknown as JsonObject,
    scimBaseUrl: directory.type === 'SCIM' ? `${scimBaseUrl}/scim/${encodeUuid(directory.directoryId)}/v2` : null,
    ...representReading(directory),
    isTest: directory.isTest,
    silentAfterHours: directory.silentAfterHours,
    silentSince: directory.silentSince?.toISOString() ?? null,
    lastRequestAt: directory.lastRequestAt?.toISOString() ?? null,
    createdAt: directory.createdAt.toISOString(),
    updatedAt: directory.updatedAt.toISOString(),
  })
}
