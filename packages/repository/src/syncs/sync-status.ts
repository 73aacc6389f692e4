import { type RawBuilder, sql } from 'kysely'
import type { SyncSettings } from './sync-settings.ts'

/** How a directory is read, and how far that has come. */
export interface DirectorySync extends SyncSettings {
  /** Null: not by itself, or a run is under way. */
  nextSyncAt: Date | null
  lastSyncAt: Date | null
  /** Users that the source had at the last run. */
  lastSyncCount: number | null
  lastFullScanAt: Date | null
  failuresInARow: number
  /** The run that waits or is under way. */
  runId: string | null
}

type Instants = 'nextSyncAt' | 'lastSyncAt' | 'lastFullScanAt'

/** As the database says it: instants as text. */
export type DirectorySyncJson = Omit<DirectorySync, Instants> & Record<Instants, string | null>

/** Of the row `directories`; null when it is not read. While a run has its lease, its route says when that ends. */
export function syncStatusOf(organizationId: string): RawBuilder<DirectorySyncJson | null> {
  return sql`(SELECT jsonb_build_object('intervalMinutes', s.interval_minutes, 'fullScanHours', s.full_scan_hours,
      'deleteAfterScans', s.delete_after_scans, 'lastSyncAt', s.synced_at, 'lastSyncCount', s.synced_count,
      'lastFullScanAt', s.full_scan_at, 'failuresInARow', s.failures_in_a_row, 'runId', s.run_id,
      'nextSyncAt', CASE WHEN s.leased_until IS NULL OR s.leased_until <= now() THEN r.due_at END)
    FROM directory_syncs s
    LEFT JOIN sync_routes r ON r.directory_id = s.directory_id AND r.organization_id = s.organization_id
    WHERE s.organization_id = ${organizationId} AND s.directory_id = directories.directory_id)`
}

/** What can be done about the error of the row `directories`, when its last run that failed says so. */
export function errorHintOf(organizationId: string): RawBuilder<string | null> {
  return sql`CASE WHEN directories.error_message IS NOT NULL THEN (SELECT failed.error ->> 'hint' FROM sync_runs failed
    WHERE failed.organization_id = ${organizationId} AND failed.directory_id = directories.directory_id
      AND failed.purpose = 'sync' AND failed.error IS NOT NULL ORDER BY failed.run_id DESC LIMIT 1) END`
}

export function toDirectorySync(found: DirectorySyncJson | null): DirectorySync | null {
  if (found === null) return null
  const instant = (text: string | null) => (text === null ? null : new Date(text))
  return {
    ...found,
    nextSyncAt: instant(found.nextSyncAt),
    lastSyncAt: instant(found.lastSyncAt),
    lastFullScanAt: instant(found.lastFullScanAt),
  }
}
