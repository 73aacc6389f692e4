import type { Cause } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { readRoutes } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { directoryReference } from '../organizations/directory-reference.ts'

/**
 * Appends `token.expiring` once for every live SCIM token that expires within `withinMilliseconds`, in the transaction
 * that notes the warning: run again, or twice at once, it repeats nothing. One transaction an organization. Answers
 * with how many events it appended.
 */
export async function warnOfExpiringTokens(
  database: Database,
  options: { withinMilliseconds: number; cause: Cause },
): Promise<number> {
  const organizationIds = await listOrganizationsWithExpiringTokens(database, options.withinMilliseconds)
  let warned = 0
  for (const organizationId of organizationIds) {
    warned += await transact(database, scopeTo(organizationId), options.cause, (tx) =>
      warnInOrganization(tx, options.withinMilliseconds),
    )
  }
  return warned
}

/** No organization is known yet: the routing table tells, by the index credential_routes_expiring. */
async function listOrganizationsWithExpiringTokens(database: Database, withinMilliseconds: number): Promise<string[]> {
  const now = Date.now()
  const rows = await readRoutes(database, (db) =>
    db
      .selectFrom('credential_routes')
      .select('organization_id')
      .distinct()
      .where('kind', '=', 'scim_token')
      .where('expires_at', '>', new Date(now))
      .where('expires_at', '<=', new Date(now + withinMilliseconds))
      .execute(),
  )
  return rows.map((row) => row.organization_id)
}

async function warnInOrganization(tx: Transaction, withinMilliseconds: number): Promise<number> {
  const now = Date.now()
  const rows = await tx.db
    .updateTable('directory_tokens')
    .set({ warned_at: new Date(now) })
    .where('organization_id', '=', tx.organizationId)
    .where('warned_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', new Date(now))
    .where('expires_at', '<=', new Date(now + withinMilliseconds))
    .returning(['directory_id', 'token_id', 'hint', 'expires_at'])
    .execute()
  // Each directory is read once a transaction, and all reads travel together.
  const directories = await Promise.all(rows.map((row) => directoryReference(tx, row.directory_id)))
  tx.append(
    rows.map((row, index) => ({
      type: 'token.expiring',
      directoryId: row.directory_id,
      subjectId: row.directory_id,
      data: {
        directory: directories[index],
        token: { id: toTypeId('token', row.token_id), hint: row.hint, expiresAt: row.expires_at?.toISOString() },
      },
    })),
  )
  return rows.length
}
