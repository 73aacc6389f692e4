import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { queueJob } from '../jobs/directory-jobs.ts'

/**
 * The source says that something has changed: the directory is read as soon as this is committed. While a run is under way,
 * which may have read past the change, another one follows. Notifications that come before a run begins to read write nothing.
 * After a run the directory rests for as long as it was worked on; in trouble it is read when it is tried again; paused it is not.
 */
export async function pokeDirectory(tx: Transaction, directoryId: string): Promise<void> {
  const { db, organizationId } = tx
  const poked = await send(
    db,
    sql<{ can_begin: boolean }>`
    UPDATE directory_syncs s SET poked_at = clock_timestamp() FROM directories d
    WHERE s.organization_id = ${organizationId} AND s.directory_id = ${directoryId} AND s.poked_at IS NULL
      AND d.organization_id = ${organizationId} AND d.directory_id = ${directoryId} AND d.status <> 'PAUSED'
    RETURNING s.run_id IS NULL AND s.failures_in_a_row = 0 AS can_begin`,
  )
  if (!poked[0]?.can_begin) return
  const [due] = await send(
    db,
    sql<{ at_once: boolean }>`
    UPDATE sync_routes r SET due_at = LEAST(r.due_at, GREATEST(now(), s.rests_until)) FROM directory_syncs s
    WHERE r.organization_id = ${organizationId} AND r.directory_id = ${directoryId} AND r.due_at IS NOT NULL
      AND s.organization_id = ${organizationId} AND s.directory_id = ${directoryId}
    RETURNING r.due_at <= now() AS at_once`,
  )
  if (due?.at_once) await queueJob(tx, 'sync', directoryId)
}
