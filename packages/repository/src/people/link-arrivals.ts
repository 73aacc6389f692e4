import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { type UserRow, userViewColumns } from './user-view.ts'

/** An arrival with its person: a new one whole, of one that was there only the id. */
export type LinkedRow = { directory_user_id: string; linked_user_id: string } & (
  | ({ fresh: true } & UserRow)
  | { fresh: false }
)

/**
 * Gives every directory user of the list that has no link yet its person: the one who claims the address, when the
 * organization links by email and the person is in no way of this directory already; else a new person.
 * The look-ups are LATERAL with OFFSET 0, which the planner cannot turn into a hash of the whole directory: it would, as
 * long as it takes a growing table for a small one. What would lead to two indexes stands outside of it.
 *
 * Parallel arrivals of one address meet at the claim row: the second waits for the first and then finds its person.
 * Claims are made whatever the organization's policy is; the policy decides whether they lead anywhere (decision 0005).
 */
export function linkArrivals(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<LinkedRow[]> {
  const candidates = directoryUserIds.map((id) => ({ directory_user_id: id, fresh_user_id: newUuid() }))
  return send(
    tx.db,
    sql<LinkedRow>`
    WITH arrivals AS MATERIALIZED (
      SELECT c.directory_user_id, c.fresh_user_id, du.mapped, du.active, du.external_id,
        du.mapped ->> 'emailKey' AS email_key, o.link_by_email
      FROM json_to_recordset(${JSON.stringify(candidates)}) AS c (directory_user_id uuid, fresh_user_id uuid)
      CROSS JOIN LATERAL (
        SELECT mapped, active, external_id FROM directory_users u WHERE u.organization_id = ${tx.organizationId}
          AND u.directory_id = ${directoryId} AND u.directory_user_id = c.directory_user_id OFFSET 0) du
      JOIN organizations o ON o.organization_id = ${tx.organizationId}
      WHERE NOT EXISTS (SELECT FROM user_links l WHERE l.organization_id = ${tx.organizationId}
        AND l.directory_id = ${directoryId} AND l.directory_user_id = c.directory_user_id OFFSET 0)
    ),
    claimants AS (
      SELECT DISTINCT ON (email_key) email_key COLLATE "C" AS email_key, directory_user_id, fresh_user_id
      FROM arrivals WHERE email_key IS NOT NULL ORDER BY email_key, directory_user_id
    ),
    claims AS (
      INSERT INTO email_claims (organization_id, email_key, user_id)
      SELECT ${tx.organizationId}::uuid, email_key, fresh_user_id FROM claimants ORDER BY email_key
      ON CONFLICT (organization_id, email_key) DO UPDATE SET user_id = email_claims.user_id
      RETURNING email_key, user_id
    ),
    resolved AS (
      SELECT a.*, CASE
          WHEN claim.user_id IS NULL OR a.link_by_email = 'never' THEN a.fresh_user_id
          WHEN taken.user_id IS NOT NULL THEN a.fresh_user_id
          ELSE claim.user_id
        END AS user_id
      FROM arrivals a
      LEFT JOIN claimants USING (directory_user_id)
      LEFT JOIN claims claim ON claim.email_key = claimants.email_key
      LEFT JOIN LATERAL (SELECT user_id, directory_id FROM user_links
        WHERE organization_id = ${tx.organizationId} AND user_id = claim.user_id
        OFFSET 0) taken ON taken.directory_id = ${directoryId}
    ),
    people AS (
      INSERT INTO users (organization_id, user_id, attributes, state, directory_id, idp_id)
      SELECT ${tx.organizationId}::uuid, user_id, mapped, CASE WHEN active THEN 'active' ELSE 'inactive' END,
        ${directoryId}::uuid, external_id
      FROM resolved WHERE user_id = fresh_user_id
      RETURNING *
    ),
    links AS (
      INSERT INTO user_links (organization_id, directory_id, directory_user_id, user_id, active)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_id, active FROM resolved
    )
    SELECT resolved.directory_user_id, resolved.user_id AS linked_user_id,
      resolved.user_id = resolved.fresh_user_id AS fresh, ${userViewColumns('people')}
    FROM resolved LEFT JOIN people ON people.user_id = resolved.user_id
    ORDER BY resolved.directory_user_id`,
  )
}
