import {
  type CompiledFilters,
  type CompiledMapping,
  compileFilters,
  compileMapping,
  type Guard,
  parseGuard,
  parseMapping,
  parseSyncFilters,
  type SyncFilters,
} from '@muster/people'
import { TtlCache } from '@muster/runtime/ttl-cache'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { LostRace } from '../database/database-errors.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { directoryContext } from '../organizations/directory-reference.ts'
import type { DirectoryType } from '../tables.ts'
import { type GroupFilter, groupFilterOf } from './group-filter.ts'

/** What people are derived by from a directory: its own settings and its organization's. */
export interface DirectorySettings {
  version: number
  mapping: CompiledMapping
  /** Those of the organization and those of the directory; a user passes all. */
  filters: readonly SyncFilters[]
  compiledFilters: readonly CompiledFilters[]
  /** The part of the filters that asks for groups; none when no filter does. */
  groupFilters: readonly GroupFilter[]
  guard: Guard
  /** Whether a value that the source does not say any more stays: what is polled may be read in part. */
  keepsLastValues: boolean
  hasRoleMappings: boolean
  /** Whether an application decides before people come into being (people/arrivals). */
  hasBeforeCreate: boolean
}

/** Nobody is lost with the people of a test directory, and what is simulated is to happen. */
const unguarded: Guard = { users: 'off', groups: 'off', memberships: 'off' }

const remembered = new TtlCache<string, DirectorySettings>({ milliseconds: 3_600_000, entriesMax: 10_000 })

/**
 * The settings of a directory, as they stay until COMMIT. Remembered ones are used at once, without waiting for the
 * database to confirm them: that comes along before COMMIT, and the transaction runs again when they are stale.
 */
export async function settingsOf(tx: Transaction, directoryId: string): Promise<DirectorySettings> {
  const key = `${tx.organizationId} ${directoryId}`
  const context = directoryContext(tx, directoryId)
  const settings = remembered.get(key)
  if (settings !== undefined) {
    tx.assure(
      context.then(({ settingsVersion }) => {
        if (settingsVersion === settings.version) return
        remembered.delete(key)
        throw new LostRace('The settings changed')
      }),
    )
    return settings
  }
  const loaded = await loadSettings(tx, directoryId)
  remembered.set(key, loaded)
  return loaded
}

/** What `toSettings` makes them of; without a directory its columns are null. */
export interface SettingsRow {
  settings_version: number
  sync_filters: JsonObject
  guard: JsonObject
  has_role_mappings: boolean
  has_before_create: boolean
  type: DirectoryType | null
  is_test: boolean | null
  mapping: JsonObject | null
  directory_filters: JsonObject | null
}

async function loadSettings(tx: Transaction, directoryId: string): Promise<DirectorySettings> {
  const [row] = await send(
    tx.db,
    sql<SettingsRow>`
    SELECT o.settings_version, o.sync_filters, o.guard, o.has_role_mappings, o.has_before_create, d.type,
      d.is_test, d.mapping, d.sync_filters AS directory_filters
    FROM organizations o
    LEFT JOIN LATERAL (
      SELECT * FROM directories WHERE organization_id = o.organization_id AND directory_id = ${directoryId}
      OFFSET 0) d ON true
    WHERE o.organization_id = ${tx.organizationId}`,
  )
  if (row === undefined) throw new Error('The organization is gone')
  return toSettings(row)
}

/** @throws `invalidValue` for stored settings that are not valid */
export function toSettings(row: SettingsRow): DirectorySettings {
  const filters = [row.sync_filters, row.directory_filters ?? {}].map(parseSyncFilters)
  return {
    version: row.settings_version,
    mapping: compileMapping(row.type ?? 'SCIM', parseMapping(row.mapping ?? {})),
    filters,
    compiledFilters: filters.map(compileFilters),
    groupFilters: filters.flatMap((one) => groupFilterOf(one) ?? []),
    guard: row.is_test ? unguarded : parseGuard(row.guard),
    keepsLastValues: (row.type ?? 'SCIM') !== 'SCIM',
    hasRoleMappings: row.has_role_mappings,
    hasBeforeCreate: row.has_before_create,
  }
}
