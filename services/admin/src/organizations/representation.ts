import type { Organization } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { displayName, timestamp } from '../schema/values.ts'

const linkByEmail = Type.Enum(['organization', 'verifiedDomains', 'never'], {
  description:
    'Whether directory users of different directories with one primary email are one person. Evaluated only when a directory user is created.',
})

export const organizationSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  linkByEmail,
  createdAt: timestamp,
  updatedAt: timestamp,
})

export const organizationDraft = closed({ name: displayName })

export const organizationChanges = closed({
  ...organizationChoice,
  name: Type.Optional(displayName),
  linkByEmail: Type.Optional(linkByEmail),
})

export function representOrganization(organization: Organization): Static<typeof organizationSchema> {
  return {
    id: toTypeId('organization', organization.organizationId),
    name: organization.name,
    linkByEmail: organization.linkByEmail,
    createdAt: organization.createdAt.toISOString(),
    updatedAt: organization.updatedAt.toISOString(),
  }
}
