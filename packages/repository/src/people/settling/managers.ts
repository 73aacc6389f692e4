import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { byRank, sayings } from './sayings.ts'

/**
 * The manager of a person: who the reference of the highest-ranked directory that gives one leads to in that directory; null
 * while it leads to nobody, or to oneself. Without a reference the manager it had. Found first (OFFSET 0): in the place of the id it
 * would keep the link from being looked up by it.
 */
export function managerOf(
  organizationId: string,
  userId: RawBuilder<unknown>,
  attributes: RawBuilder<unknown>,
  managerId: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`CASE WHEN ${attributes} -> 'managerKey' IS NULL THEN ${managerId} ELSE (
    SELECT link.user_id FROM (
      SELECT s.directory_id, s.mapped ->> 'managerReference' AS reference, s.mapped ->> 'managerKey' AS key
      FROM (${sayings(organizationId, userId)}) s WHERE s.mapped -> 'managerKey' IS NOT NULL ORDER BY ${byRank} LIMIT 1
    ) referred
    CROSS JOIN LATERAL (${referredUser(organizationId)} OFFSET 0) manager
    CROSS JOIN LATERAL (
      SELECT l.user_id FROM user_links l WHERE l.organization_id = ${organizationId}
        AND l.directory_id = referred.directory_id AND l.directory_user_id = manager.directory_user_id OFFSET 0) link
    WHERE link.user_id <> ${userId}
  ) END`
}

const uuidPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'

/**
 * What a source may refer by, the surest first: our id, its own id, its other names, the user name, an address. Found first and put in
 * order then: asked for the first one in order, the planner may walk through all of the directory.
 */
export function referredUser(organizationId: string): RawBuilder<unknown> {
  const here = sql`organization_id = ${organizationId} AND directory_id = referred.directory_id`
  const user = (condition: RawBuilder<unknown>) =>
    sql`(SELECT directory_user_id FROM (
      SELECT directory_user_id FROM directory_users WHERE ${here} AND ${condition} OFFSET 0) found
      ORDER BY directory_user_id LIMIT 1)`
  return sql`SELECT COALESCE(
    CASE WHEN referred.key ~ ${sql.lit(uuidPattern)} THEN ${user(sql`directory_user_id = referred.key::uuid`)} END,
    ${user(sql`external_id = referred.reference`)},
    (SELECT resource_id FROM source_references WHERE ${here} AND reference_key = referred.key AND is_user LIMIT 1),
    ${user(sql`user_name_key = referred.key`)},
    (SELECT directory_user_id FROM (
      SELECT directory_user_id FROM directory_user_emails WHERE ${here} AND value_key = referred.key OFFSET 0) found
      ORDER BY directory_user_id LIMIT 1)) AS directory_user_id`
}

/** The people who wait for a manager that is referred to by one of the folded keys. */
export async function findWaiting(tx: Transaction, keys: readonly string[]): Promise<string[]> {
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT waiting.user_id FROM json_array_elements_text(${JSON.stringify(keys)}::json) AS given (key)
    CROSS JOIN LATERAL (
      SELECT u.user_id FROM users u WHERE u.organization_id = ${tx.organizationId}
        AND u.manager_key = given.key COLLATE "C" AND u.manager_id IS NULL OFFSET 0) waiting`,
  )
  return rows.map((row) => row.user_id)
}

/**
 * The people who wait for one of these directory users, by whatever it may be referred to; looked for only when somebody waits at all.
 * Addresses are asked for in the order of the primary key: the other index would serve as well for a planner without statistics, and
 * lead through those of the whole organization.
 */
export async function findWaitingFor(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<string[]> {
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT DISTINCT waiting.user_id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT user_name_key, lower(normalize(external_id, NFKC)) AS external_key FROM directory_users
      WHERE ${here} AND directory_user_id = given.id::uuid OFFSET 0) du
    CROSS JOIN LATERAL (
      SELECT unnest(ARRAY[given.id, du.user_name_key, du.external_key]) AS key
      UNION ALL
      (SELECT value_key FROM directory_user_emails WHERE ${here} AND directory_user_id = given.id::uuid
        ORDER BY position OFFSET 0)
      UNION ALL
      SELECT reference_key FROM source_references
      WHERE organization_id = ${tx.organizationId} AND resource_id = given.id::uuid
    ) own
    CROSS JOIN LATERAL (
      SELECT u.user_id FROM users u WHERE u.organization_id = ${tx.organizationId}
        AND u.manager_key = own.key COLLATE "C" AND u.manager_id IS NULL OFFSET 0) waiting
    WHERE EXISTS (SELECT FROM users WHERE organization_id = ${tx.organizationId} AND manager_key IS NOT NULL
      AND manager_id IS NULL)`,
  )
  return rows.map((row) => row.user_id)
}
