import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { firstRequestId } from './request-id.ts'

/**
 * Deletes what the request logs hold from before an instant, and beyond the newest `rowsMax` of each directory. One
 * statement an organization, each in its own context: no policy has to let anybody look across them. Answers with the
 * number of rows deleted.
 */
export async function pruneScimRequests(
  database: Database,
  options: { before: Date; rowsMax: number; cause: Cause },
): Promise<number> {
  const organizations = await readRoutes(database, (db) =>
    db.selectFrom('directory_routes').select('organization_id').distinct().execute(),
  )
  let deleted = 0
  for (const { organization_id: organizationId } of organizations) {
    deleted += await transact(database, scopeTo(organizationId), options.cause, (tx) =>
      pruneOrganization(tx, options.before, options.rowsMax),
    )
  }
  return deleted
}

/** Deletes all but the newest `rowsMax` requests of each of the directories. */
export async function deleteBeyond(tx: Transaction, directoryIds: readonly string[], rowsMax: number): Promise<void> {
  if (directoryIds.length === 0) return
  await send(
    tx.db,
    sql`
    DELETE FROM scim_requests request USING unnest(${directoryIds}::uuid[]) AS d (directory_id),
      LATERAL (SELECT kept.request_id FROM scim_requests kept
        WHERE kept.organization_id = ${tx.organizationId} AND kept.directory_id = d.directory_id
        ORDER BY kept.request_id DESC OFFSET ${rowsMax - 1}::bigint LIMIT 1) oldest
    WHERE request.organization_id = ${tx.organizationId} AND request.directory_id = d.directory_id
      AND request.request_id < oldest.request_id`,
  )
}

async function pruneOrganization(tx: Transaction, before: Date, rowsMax: number): Promise<number> {
  // Null where there are fewer rows than that, and then GREATEST leaves it out.
  const { numAffectedRows } = await sql`
    DELETE FROM scim_requests request USING directories d,
      LATERAL (SELECT GREATEST(${firstRequestId(before)}::uuid, (
        SELECT kept.request_id FROM scim_requests kept
        WHERE kept.organization_id = ${tx.organizationId} AND kept.directory_id = d.directory_id
        ORDER BY kept.request_id DESC OFFSET ${rowsMax - 1}::bigint LIMIT 1)) AS request_id OFFSET 0) oldest
    WHERE d.organization_id = ${tx.organizationId}
      AND request.organization_id = ${tx.organizationId} AND request.directory_id = d.directory_id
      AND request.request_id < oldest.request_id`.execute(tx.db)
  return Number(numAffectedRows ?? 0n)
}
