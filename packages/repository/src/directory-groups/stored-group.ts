import type { JsonObject } from '@muster/scim'

/** A group of a directory as stored, without its members. */
export interface StoredGroup {
  directoryId: string
  directoryGroupId: string
  displayName: string
  displayNameKey: string
  externalId: string | null
  document: JsonObject
  version: number
  createdAt: Date
  updatedAt: Date
}

export const storedColumns = [
  'directory_id',
  'directory_group_id',
  'display_name',
  'display_name_key',
  'external_id',
  'resource',
  'version',
  'created_at',
  'updated_at',
] as const

export interface StoredRow {
  directory_id: string
  directory_group_id: string
  display_name: string
  display_name_key: string
  external_id: string | null
  resource: JsonObject
  version: number
  created_at: Date
  updated_at: Date
}

export function toStoredGroup(row: StoredRow): StoredGroup {
  return {
    directoryId: row.directory_id,
    directoryGroupId: row.directory_group_id,
    displayName: row.display_name,
    displayNameKey: row.display_name_key,
    externalId: row.external_id,
    document: row.resource,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
