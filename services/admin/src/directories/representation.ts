import type { Directory, OrganizationScope } from '@muster/repository'
import { encodeUuid, toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { displayName, nullableText, timestamp } from '../schema/values.ts'
import { effectiveFlags, effectiveScimFlagsSchema, scimFlagChanges, scimFlagsSchema } from './scim-flags.ts'

const type = Type.Enum(['SCIM', 'AZURE_AD', 'GOOGLE_WORKSPACE', 'LDAP', 'AWS_DIRECTORY', 'OKTA'])

const scimProfile = Type.Enum(['compatible', 'strict'], {
  description: 'How literally SCIM requests are taken: as identity providers send them, or by the letter of the RFCs.',
})

const properties = {
  id: Type.String(),
  organizationId: Type.String(),
  name: Type.String(),
  type,
  status: Type.Enum(['PENDING', 'ACTIVE', 'ERROR', 'PAUSED']),
  scimProfile,
  scimFlags: scimFlagsSchema,
  effectiveScimFlags: effectiveScimFlagsSchema,
  scimBaseUrl: Type.String({ description: 'What the identity provider is given as base URL (tenant URL).' }),
  errorMessage: nullableText,
  createdAt: timestamp,
  updatedAt: timestamp,
}

export const directorySchema = Type.Object(properties)

export const createdDirectorySchema = Type.Object({
  ...properties,
  token: Type.String({ description: 'The bearer token for the identity provider. Shown this once.' }),
})

export const directoryDraft = closed({
  ...organizationChoice,
  name: displayName,
  type,
  scimProfile: Type.Optional(scimProfile),
})

export const directoryChanges = closed({
  ...organizationChoice,
  name: Type.Optional(displayName),
  scimProfile: Type.Optional(scimProfile),
  scimFlags: Type.Optional(scimFlagChanges),
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
    scimBaseUrl: `${scimBaseUrl}/scim/${encodeUuid(directory.directoryId)}/v2`,
    errorMessage: directory.errorMessage,
    createdAt: directory.createdAt.toISOString(),
    updatedAt: directory.updatedAt.toISOString(),
  })
}
