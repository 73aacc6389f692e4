import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { pipelined } from '../database/pipelined.ts'
import { readRoutes } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { firstRequestId } from './request-id.ts'

/**
 * Deletes what the request logs hold from before an instant, and beyond the newest `rowsMax` of each directory; one
 * transaction an organization, in its own context: no policy has to let anybody look across them. Answers with the
 * number of rows deleted.
 */
export async function pruneScimRequests(
  database: Database,
  options: { before: Date; rowsMax: number; cause: Cause },
): Promise<number> {
  const routes = await readRoutes(database, (db) => db.selectFrom('directory_routes').selectAll().execute())
  let deleted = 0
  for (const [organizationId, own] of Map.groupBy(routes, (route) => route.organization_id)) {
    deleted += await transact(database, scopeTo(organizationId), options.cause, async (tx) => {
      const counts = await pipelined(...own.map((route) => pruneDirectory(tx, route.directory_id, options)))
      return counts.reduce((sum, count) => sum + count, 0)
    })
  }
  return deleted
}

/**
 * The same for one directory. A statement of its own, because then the bound is a constant to it and the rows are one
 * range of the index; joined with several directories Postgres may compare every row with every bound.
 */
export async function pruneDirectory(
  tx: Transaction,
  directoryId: string,
  { before, rowsMax }: { before: Date; rowsMax: number },
): Promise<number> {
  // With fewer rows than that there is no such row, and GREATEST leaves the NULL out.
  const { numAffectedRows } = await sql`
    DELETE FROM scim_requests WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND request_id < GREATEST(${firstRequestId(before)}::uuid, (
        SELECT kept.request_id FROM scim_requests kept
        WHERE kept.organization_id = ${tx.organizationId} AND kept.directory_id = ${directoryId}
        ORDER BY kept.request_id DESC OFFSET ${rowsMax - 1}::bigint LIMIT 1))`.execute(tx.db)
  return Number(numAffectedRows ?? 0n)
}
