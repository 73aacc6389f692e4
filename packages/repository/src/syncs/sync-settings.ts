import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { describeChanges } from '../audit/describe-changes.ts'
import type { Transaction } from '../database/transaction.ts'

/** How a directory is read. */
export interface SyncSettings {
  /** From the end of one run to the next. */
  intervalMinutes: number
  /** Everything is read at least that often, however well deltas go. */
  fullScanHours: number
  /** Complete scans in a row that a user must be missing from to be deleted. */
  deleteAfterScans: number
}

/**
 * Changes how a directory is read; what is undefined stays. A shorter interval counts from now on. False when there is no
 * such directory, or none that is read.
 */
export async function updateSyncSettings(
  tx: Transaction,
  directoryId: string,
  changes: Partial<SyncSettings>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('directory_syncs')
    .set({
      interval_minutes: changes.intervalMinutes,
      full_scan_hours: changes.fullScanHours,
      delete_after_scans: changes.deleteAfterScans,
      // Something to set, whatever is undefined.
      directory_id: directoryId,
    })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await sql`
    UPDATE sync_routes r SET due_at = least(r.due_at, now() + make_interval(mins => s.interval_minutes))
    FROM directory_syncs s WHERE r.organization_id = ${tx.organizationId} AND r.directory_id = ${directoryId}
      AND s.organization_id = r.organization_id AND s.directory_id = r.directory_id AND r.due_at IS NOT NULL
      AND s.run_id IS NULL`.execute(tx.db)
  appendAudit(tx, {
    action: 'directory.update',
    target: directoryId,
    detail: describeChanges(changes, ['intervalMinutes', 'fullScanHours', 'deleteAfterScans']),
  })
  return true
}
