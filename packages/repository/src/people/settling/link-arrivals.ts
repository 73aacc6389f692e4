import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { LostRace } from '../../database/database-errors.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { groupConditions } from '../../settings/group-filter.ts'
import { newUserColumns, type UserRow } from '../views/user-view.ts'

/** An arrival with its person: a new one whole, of one that was there only the id. */
export type LinkedRow = {
  directory_user_id: string
  linked_user_id: string
  link_active: boolean
  /** Of a link that gave way to this one. */
  replaced_hold: string | null
} & (({ fresh: true } & UserRow) | { fresh: false })

/**
 * Gives every directory user of the list that has no link yet, and that the filters let through, its person: the one who
 * claims the address, when the organization links by email and the person is in no way of this directory already; else a
 * new person. The look-ups are LATERAL with OFFSET 0, which the planner cannot turn into a hash of the whole directory: it
 * would, as long as it takes a growing table for a small one. What would lead to two indexes stands outside of it.
 *
 * Parallel arrivals of one address meet at the claim row: the second waits for the first and then finds its person.
 * Claims are made whatever the organization's policy is; the policy decides whether they lead anywhere (decision 0005).
 * A link whose directory user is gone while its removal waits gives way to the arrival.
 * @throws LostRace when a parallel arrival took the person
 */
export async function linkArrivals(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  settings: DirectorySettings,
): Promise<LinkedRow[]> {
  const candidates = directoryUserIds.map((id) => ({ directory_user_id: id, fresh_user_id: newUuid() }))
  const { tables, passes } = groupConditions(tx.organizationId, directoryId, settings.groupFilters)
  const rows = await send(
    tx.db,
    sql<LinkedRow & { is_linked: boolean }>`
    WITH RECURSIVE ${tables}
    arrivals AS MATERIALIZED (
      SELECT c.directory_user_id, c.fresh_user_id, u.mapped, u.active, u.external_id,
        u.mapped ->> 'emailKey' AS email_key, CASE o.link_by_email
          WHEN 'organization' THEN true
          WHEN 'verifiedDomains' THEN split_part(u.mapped ->> 'emailKey', '@', 2) = ANY(o.verified_domains)
          ELSE false
        END AS may_join
      FROM json_to_recordset(${JSON.stringify(candidates)}) AS c (directory_user_id uuid, fresh_user_id uuid)
      CROSS JOIN LATERAL (
        SELECT * FROM directory_users du WHERE du.organization_id = ${tx.organizationId}
          AND du.directory_id = ${directoryId} AND du.directory_user_id = c.directory_user_id OFFSET 0) u
      JOIN organizations o ON o.organization_id = ${tx.organizationId}
      WHERE u.selected AND ${passes} AND NOT EXISTS (SELECT FROM user_links l
        WHERE l.organization_id = ${tx.organizationId} AND l.directory_id = ${directoryId}
          AND l.directory_user_id = c.directory_user_id OFFSET 0)
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
      SELECT a.*, waiting.replaced_hold, CASE
          WHEN claim.user_id IS NULL OR NOT a.may_join THEN a.fresh_user_id
          WHEN taken.user_id IS NOT NULL THEN a.fresh_user_id
          ELSE claim.user_id
        END AS user_id
      FROM arrivals a
      LEFT JOIN claimants USING (directory_user_id)
      LEFT JOIN claims claim ON claim.email_key = claimants.email_key
      LEFT JOIN LATERAL (SELECT user_id, directory_id, kept FROM user_links
        WHERE organization_id = ${tx.organizationId} AND user_id = claim.user_id
        OFFSET 0) taken ON taken.directory_id = ${directoryId} AND taken.kept IS NULL
      LEFT JOIN LATERAL (SELECT hold_id AS replaced_hold, directory_id, kept FROM user_links
        WHERE organization_id = ${tx.organizationId} AND user_id = claim.user_id
        OFFSET 0) waiting ON waiting.directory_id = ${directoryId} AND waiting.kept IS NOT NULL
    ),
    people AS (
      INSERT INTO users (organization_id, user_id, attributes, state, directory_id, idp_id)
      SELECT ${tx.organizationId}::uuid, user_id, mapped, CASE WHEN active THEN 'active' ELSE 'inactive' END,
        ${directoryId}::uuid, external_id
      FROM resolved WHERE user_id = fresh_user_id
      RETURNING *
    ),
    links AS (
      INSERT INTO user_links AS l (organization_id, directory_id, directory_user_id, user_id, active)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_id, active FROM resolved
      ON CONFLICT (user_id, organization_id, directory_id) DO UPDATE
        SET directory_user_id = excluded.directory_user_id, active = excluded.active, hold_id = NULL, kept = NULL
        WHERE l.kept IS NOT NULL
      RETURNING directory_user_id
    )
    SELECT resolved.directory_user_id, resolved.user_id AS linked_user_id, resolved.active AS link_active,
      resolved.replaced_hold,
      resolved.user_id = resolved.fresh_user_id AS fresh, links.directory_user_id IS NOT NULL AS is_linked,
      ${newUserColumns(tx.organizationId, 'people')}
    FROM resolved
    LEFT JOIN links USING (directory_user_id)
    LEFT JOIN people ON people.user_id = resolved.user_id
    ORDER BY resolved.directory_user_id`,
  )
  if (rows.some((row) => !row.is_linked)) throw new LostRace('Another arrival took the person')
  return rows
}
