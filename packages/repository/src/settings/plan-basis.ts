import { type Guard, type Mapping, noFilters, parseMapping, parseSyncFilters, type SyncFilters } from '@muster/people'
import { type JsonObject, sameJson } from '@muster/scim'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { type DirectorySettings, type SettingsRow, toSettings } from './directory-settings.ts'

/** Settings that decide who and what people are; what is undefined stays. */
export interface SettingsChange {
  /** Null: of the organization. */
  directoryId: string | null
  /** Of the organization or the directory, whole. */
  syncFilters?: SyncFilters | undefined
  /** Of a directory, whole: its own part over the default of its type. */
  mapping?: Mapping | undefined
  /** Of the organization: UUIDs, the primary first; who is not listed ranks behind, by age. */
  directoryOrder?: readonly string[] | undefined
}

/** By what people are derived once a change is made. */
export interface PlanBasis {
  /** Of the settings that the change was compared with. */
  version: number
  guard: Guard
  /** The members of the change that are otherwise than what is set. */
  differing: readonly (keyof SettingsChange)[]
  /** By id, in order: the directories whose users are derived otherwise. */
  affected: ReadonlyMap<string, DirectorySettings>
  /** Whether what a directory user means has to be read out of its document; else what is stored holds. */
  readsDocuments: boolean
  /** Whether one of the filters wants a custom attribute, so that a mapping decides about people as well. */
  hasCustomFilters: boolean
  /** The place of each directory that is listed in the order. */
  places: ReadonlyMap<string, number>
}

type BasisRow = SettingsRow & { directory_order: string[]; directory_id: string | null }

/** Undefined when there is no directory of this id. Without any member the change derives by what is set. */
export async function loadBasis(reader: Reader, change: SettingsChange): Promise<PlanBasis | undefined> {
  const rows = await send(
    reader.db,
    sql<BasisRow>`
    SELECT o.settings_version, o.sync_filters, o.guard, o.has_role_mappings, o.has_before_create, o.directory_order,
      d.directory_id, d.type, d.is_test, d.mapping, d.sync_filters AS directory_filters
    FROM organizations o
    LEFT JOIN directories d ON d.organization_id = ${reader.organizationId}
    WHERE o.organization_id = ${reader.organizationId}
    ORDER BY d.directory_id`,
  )
  const own = rows.find((row) => row.directory_id === change.directoryId) ?? rows[0]
  if (own === undefined) throw new Error('The organization is gone')
  if (change.directoryId !== null && own.directory_id !== change.directoryId) return undefined
  const differing = differingMembers(own, change)
  const affected = rows
    .filter((row) => row.directory_id !== null && row.directory_id === (change.directoryId ?? row.directory_id))
    .map((row) => [row.directory_id ?? '', toSettings(changed(row, change))] as const)
  const filters = affected.flatMap(([, settings]) => settings.filters)
  return {
    version: own.settings_version,
    // A change of the organization's is judged over all directories, whichever comes first.
    guard: toSettings({ ...own, is_test: change.directoryId !== null && own.is_test }).guard,
    differing,
    affected: new Map(affected),
    readsDocuments: needsDocuments(own, change),
    hasCustomFilters: filters.some((one) => Object.keys(one.customFilters).length > 0),
    places: new Map((change.directoryOrder ?? own.directory_order).map((directoryId, place) => [directoryId, place])),
  }
}

function filtersOf(row: BasisRow, { directoryId }: SettingsChange): SyncFilters {
  return parseSyncFilters(directoryId === null ? row.sync_filters : (row.directory_filters ?? {}))
}

function differingMembers(row: BasisRow, change: SettingsChange): (keyof SettingsChange)[] {
  const set = {
    syncFilters: filtersOf(row, change),
    mapping: parseMapping(row.mapping ?? {}),
    directoryOrder: row.directory_order,
  }
  const members = Object.keys(set) as (keyof typeof set)[]
  return members.filter((name) => change[name] !== undefined && !isSame(change[name], set[name]))
}

/** What is stored is JSON; what was parsed is, too. */
function isSame(left: unknown, right: unknown): boolean {
  return sameJson(left as JsonObject, right as JsonObject)
}

/** The order of directories, and groups that filters name, say nothing about a document. */
function needsDocuments(row: BasisRow, change: SettingsChange): boolean {
  if (change.mapping !== undefined) return true
  if (change.syncFilters === undefined) return change.directoryOrder === undefined
  const [before, after] = [filtersOf(row, change), change.syncFilters]
  return before.includeActive !== after.includeActive || !isSame(before.customFilters, after.customFilters)
}

function changed(row: BasisRow, { directoryId, syncFilters, mapping }: SettingsChange): BasisRow {
  const filters = syncFilters && storedFilters(syncFilters)
  return {
    ...row,
    ...(filters && (directoryId === null ? { sync_filters: filters } : { directory_filters: filters })),
    ...(mapping && { mapping: mapping as JsonObject }),
  }
}

/** Filters as they are stored: what lets everybody pass is left out. */
export function storedFilters(filters: SyncFilters): JsonObject {
  const members = Object.entries(filters).filter(
    ([name, value]) => !isSame(value, noFilters[name as keyof SyncFilters]),
  )
  return Object.fromEntries(members) as JsonObject
}
