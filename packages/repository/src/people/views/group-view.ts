import { toTypeId } from '@muster/runtime/type-ids'

/** A row of the people layer's `groups`. */
export interface GroupRow {
  organization_id: string
  directory_id: string
  group_id: string
  name: string
  idp_id: string | null
  created_at: Date
  updated_at: Date
}

/** The columns of a GroupRow. */
export const groupRowColumns = [
  'organization_id',
  'directory_id',
  'group_id',
  'name',
  'idp_id',
  'created_at',
  'updated_at',
] as const

/** The group as every surface shows it: management API, events, webhooks. */
export function toGroupView(row: GroupRow): Record<string, unknown> {
  return {
    id: toTypeId('group', row.group_id),
    name: row.name,
    organizationId: toTypeId('organization', row.organization_id),
    directoryId: toTypeId('directory', row.directory_id),
    idpId: row.idp_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
