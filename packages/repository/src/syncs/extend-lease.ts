import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Lease } from './lease.ts'

/** Keeps the right to work on a run for so long from now on; false when it is lost. */
export function extendLease(
  database: Database,
  lease: Lease,
  { leaseSeconds }: { leaseSeconds: number },
): Promise<boolean> {
  const { scope, directoryId, runId, fence } = lease
  return transact(database, scope, lease.cause, async ({ db, organizationId }) => {
    const rows = await send(
      db,
      sql`
      WITH extended AS (
        UPDATE directory_syncs SET leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
        WHERE organization_id = ${organizationId} AND directory_id = ${directoryId} AND fence = ${fence} AND run_id = ${runId}
        RETURNING directory_id, leased_until
      )
      UPDATE sync_routes r SET due_at = extended.leased_until FROM extended
      WHERE r.organization_id = ${organizationId} AND r.directory_id = extended.directory_id RETURNING r.directory_id`,
    )
    return rows.length > 0
  })
}
