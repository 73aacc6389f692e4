import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { groupsText } from '../filters/groups-of-user.ts'
import type { Stored } from './create.ts'

/** A user as stored, its document as a value, because it is about to change. */
export interface LockedDirectoryUser extends Stored {
  document: JsonObject
  /** As in DirectoryUserRow; null also when nobody asked for it. */
  groupsText: string | null
}

interface LockedRow {
  directory_user_id: string
  resource: JsonObject
  version: number
  created_at: Date
  updated_at: Date
  groups: string | null
}

/**
 * The users among the ids that are there, by id, locked until the end of the transaction. One statement whatever the
 * number; rows are locked in order of id, so that two such transactions wait for each other in no ring.
 */
export async function lockDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  options: { withGroups: boolean },
): Promise<Map<string, LockedDirectoryUser>> {
  const groups = options.withGroups ? groupsText(tx.organizationId, directoryId) : sql`NULL::text`
  const rows = await send(
    tx.db,
    sql<LockedRow>`
    SELECT u.directory_user_id, u.resource, u.version, u.created_at, u.updated_at, ${groups} AS groups
    FROM (
      SELECT DISTINCT id::uuid AS id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS given (id)
      ORDER BY id
    ) asked
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = asked.id FOR NO KEY UPDATE) u`,
  )
  return new Map(rows.map((row) => [row.directory_user_id, toLocked(row)]))
}

function toLocked(row: LockedRow): LockedDirectoryUser {
  return {
    document: row.resource,
    groupsText: row.groups,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
