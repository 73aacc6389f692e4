import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import {
  type DirectorySync,
  type DirectorySyncJson,
  errorHintOf,
  syncStatusOf,
  toDirectorySync,
} from '../syncs/sync-status.ts'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
import { readFlags, type ScimFlags } from './scim-flags.ts'

/** What may be shown of the configuration that a directory is read with. */
export interface ShownConfig {
  fields: Record<string, unknown>
  /** The names of the secrets that are set. */
  secrets: readonly string[]
}

export interface Directory {
  directoryId: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
  scimProfile: 'compatible' | 'strict'
  /** What is otherwise than the profile says. */
  scimFlags: ScimFlags
  /** Over the default of the type, and as far as they differ from theirs: see packages/people. */
  mapping: JsonObject
  syncFilters: JsonObject
  /** Null: it has none, being pushed to. */
  config: ShownConfig | null
  /** Null: it is not read. */
  sync: DirectorySync | null
  errorMessage: string | null
  /** What can be done about it, where that is known. */
  errorHint: string | null
  /** Where removals wait for a decision, the oldest first. */
  openHoldIds: string[]
  /** Filled by us for development; the guard lets its removals through, and nobody expects to hear from it. */
  isTest: boolean
  /** How long its identity provider may send nothing before that is an alarm; null: for ever. */
  silentAfterHours: number | null
  /** When that alarm was raised; null: it is heard. */
  silentSince: Date | null
  /** When one of its tokens was used last, to the minute; null: never. */
  lastRequestAt: Date | null
  createdAt: Date
  updatedAt: Date
}

const columns = [
  'directory_id',
  'name',
  'type',
  'status',
  'scim_profile',
  'scim_flags',
  'mapping',
  'sync_filters',
  'config',
  'error_message',
  'is_test',
  'silent_after_hours',
  'silent_since',
  'created_at',
  'updated_at',
] as const

/** When a token of the row `directories` was used last. */
function lastRequestOf(organizationId: string) {
  return sql<Date | null>`(SELECT max(t.last_used_at) FROM directory_tokens t
    WHERE t.organization_id = ${organizationId} AND t.directory_id = directories.directory_id)`
}

/** The open holds of the row `directories`. */
function openHoldsOf(organizationId: string) {
  return sql<string[]>`ARRAY(SELECT h.hold_id FROM holds h WHERE h.organization_id = ${organizationId}
    AND h.directory_id = directories.directory_id AND h.status = 'open' ORDER BY h.hold_id)`
}

/** What is read of the row `directories`; `toDirectory` takes it. */
export function directoryColumns({ organizationId }: { organizationId: string }) {
  return [
    ...columns,
    lastRequestOf(organizationId).as('last_request_at'),
    syncStatusOf(organizationId).as('sync'),
    errorHintOf(organizationId).as('error_hint'),
    openHoldsOf(organizationId).as('open_hold_ids'),
  ] as const
}

export function toDirectory(row: {
  directory_id: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
  scim_profile: 'compatible' | 'strict'
  scim_flags: Record<string, unknown>
  mapping: JsonObject
  sync_filters: JsonObject
  config: JsonObject
  sync: DirectorySyncJson | null
  error_message: string | null
  error_hint: string | null
  open_hold_ids: string[]
  is_test: boolean
  silent_after_hours: number | null
  silent_since: Date | null
  last_request_at: Date | null
  created_at: Date
  updated_at: Date
}): Directory {
  return {
    directoryId: row.directory_id,
    name: row.name,
    type: row.type,
    status: row.status,
    scimProfile: row.scim_profile,
    scimFlags: readFlags(row.scim_flags),
    mapping: row.mapping,
    syncFilters: row.sync_filters,
    config: 'fields' in row.config ? (row.config as unknown as ShownConfig) : null,
    sync: toDirectorySync(row.sync),
    errorMessage: row.error_message,
    errorHint: row.error_hint,
    openHoldIds: row.open_hold_ids,
    isTest: row.is_test,
    silentAfterHours: row.silent_after_hours,
    silentSince: row.silent_since,
    lastRequestAt: row.last_request_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
