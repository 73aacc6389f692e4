import { toTypeId } from '@muster/runtime/type-ids'

export interface GroupRow {
  organization_id: string
  directory_id: string
  directory_group_id: string
  display_name: string
  external_id: string | null
  created_at: Date
  updated_at: Date
}

/** The columns a GroupRow takes from directory_groups. */
export const groupRowColumns = [
  'organization_id',
  'directory_id',
  'directory_group_id',
  'display_name',
  'external_id',
  'created_at',
  'updated_at',
] as const

/** The group as every surface shows it: management API, events, webhooks. */
export function toGroupView(row: GroupRow): Record<string, unknown> {
  return {
    id: toTypeId('group', row.directory_group_id),
    name: row.display_name,
    organizationId: toTypeId('organization', row.organization_id),
    directoryId: toTypeId('directory', row.directory_id),
    idpId: row.external_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
