import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { type UserRow, userViewColumns } from './user-view.ts'

/** A person after the merge, with what it was before and which of the asked directory users it stands for. */
export type MergedRow = UserRow & {
  directory_user_ids: string[]
  before_attributes: Record<string, string>
  before_state: 'active' | 'inactive'
  before_directory_id: string | null
  before_idp_id: string | null
  /** Whether any directory still holds the person. */
  held: boolean
  /** Whether one of the asked directory users is gone. */
  lost: boolean
  /** Whether the asked directory user was active when it was settled before, and whether it is now. */
  before_link_active: boolean
  link_active: boolean
}

/**
 * Locks the people behind the directory users, in order of id. A statement of its own: the merge that follows sees
 * everything that was committed before the lock was ours.
 */
export async function lockPeople(tx: Transaction, directoryId: string, directoryUserIds: readonly string[]) {
  await send(
    tx.db,
    sql`
    SELECT FROM users WHERE organization_id = ${tx.organizationId} AND user_id IN (
      SELECT user_id FROM user_links WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = ANY(${directoryUserIds}::uuid[]))
    ORDER BY user_id FOR NO KEY UPDATE`,
  )
}

/**
 * Makes the people behind the directory users what their directories say, attribute by attribute the highest-ranked
 * that provides one; what nobody provides keeps its value. Drops the links of directory users that are gone, and lets
 * the claims of addresses follow the merged address. Answers with every person concerned, changed or not.
 */
export async function mergePeople(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<MergedRow[]> {
  const organizationId = tx.organizationId
  return send(
    tx.db,
    sql<MergedRow>`
    WITH asked AS MATERIALIZED (
      SELECT l.user_id, l.directory_user_id, du.directory_user_id IS NULL AS gone, l.active AS before_active,
        COALESCE(du.active, false) AS active
      FROM user_links l
      LEFT JOIN directory_users du USING (organization_id, directory_id, directory_user_id)
      WHERE l.organization_id = ${organizationId} AND l.directory_id = ${directoryId}
        AND l.directory_user_id = ANY(${directoryUserIds}::uuid[])
    ),
    concerned AS MATERIALIZED (
      SELECT user_id, json_agg(directory_user_id) AS directory_user_ids, bool_or(gone) AS lost,
        bool_or(before_active) AS before_link_active, bool_or(active) AS link_active
      FROM asked GROUP BY user_id
    ),
    unlinked AS (
      DELETE FROM user_links l USING asked
      WHERE l.organization_id = ${organizationId} AND l.directory_id = ${directoryId}
        AND l.directory_user_id = asked.directory_user_id AND asked.gone
    ),
    turned AS (
      UPDATE user_links l SET active = asked.active FROM asked
      WHERE l.organization_id = ${organizationId} AND l.directory_id = ${directoryId}
        AND l.directory_user_id = asked.directory_user_id AND NOT asked.gone AND asked.active <> asked.before_active
    ),
    ranked AS MATERIALIZED (
      SELECT c.user_id, du.directory_id, du.mapped, du.active, du.external_id, row_number() OVER (
          PARTITION BY c.user_id
          ORDER BY COALESCE(array_position(o.directory_order, du.directory_id), 2147483647), d.created_at, d.directory_id
        ) AS rank
      FROM concerned c
      JOIN user_links l ON l.organization_id = ${organizationId} AND l.user_id = c.user_id
      JOIN directory_users du USING (organization_id, directory_id, directory_user_id)
      JOIN directories d USING (organization_id, directory_id)
      JOIN organizations o USING (organization_id)
    ),
    merged AS (
      SELECT r.user_id, jsonb_object_agg(provided.key, provided.value ORDER BY r.rank DESC) AS attributes
      FROM ranked r CROSS JOIN LATERAL jsonb_each(r.mapped) AS provided GROUP BY r.user_id
    ),
    desired AS MATERIALIZED (
      SELECT u.user_id, u.attributes AS before_attributes, u.state AS before_state,
        u.directory_id AS before_directory_id, u.idp_id AS before_idp_id, top.user_id IS NOT NULL AS held,
        u.attributes || COALESCE(merged.attributes, '{}') AS attributes,
        CASE WHEN top.active THEN 'active' ELSE 'inactive' END AS state,
        COALESCE(top.directory_id, u.directory_id) AS directory_id,
        CASE WHEN top.user_id IS NULL THEN u.idp_id ELSE top.external_id END AS idp_id
      FROM concerned
      JOIN users u ON u.organization_id = ${organizationId} AND u.user_id = concerned.user_id
      LEFT JOIN ranked top ON top.user_id = u.user_id AND top.rank = 1
      LEFT JOIN merged ON merged.user_id = u.user_id
    ),
    changed AS (
      UPDATE users u SET attributes = d.attributes, state = d.state, directory_id = d.directory_id, idp_id = d.idp_id,
        sessions_revoked_at =
          CASE WHEN u.state = 'active' AND d.state = 'inactive' THEN now() ELSE u.sessions_revoked_at END,
        updated_at = now()
      FROM desired d
      WHERE u.organization_id = ${organizationId} AND u.user_id = d.user_id
        AND (u.attributes, u.state, u.directory_id, u.idp_id)
          IS DISTINCT FROM (d.attributes, d.state, d.directory_id, d.idp_id)
      RETURNING u.*
    ),
    moved AS MATERIALIZED (
      SELECT d.user_id, d.attributes ->> 'emailKey' AS email_key FROM desired d
      WHERE d.attributes ->> 'emailKey' IS DISTINCT FROM d.before_attributes ->> 'emailKey'
    ),
    released AS (
      DELETE FROM email_claims e USING moved
      WHERE e.organization_id = ${organizationId} AND e.user_id = moved.user_id
        AND e.email_key IS DISTINCT FROM moved.email_key
    ),
    claimed AS (
      INSERT INTO email_claims (organization_id, email_key, user_id)
      SELECT ${organizationId}::uuid, email_key, user_id FROM moved WHERE email_key IS NOT NULL ORDER BY email_key
      ON CONFLICT (organization_id, email_key) DO NOTHING
    ),
    settled AS (
      SELECT * FROM changed
      UNION ALL
      SELECT u.* FROM users u JOIN concerned USING (user_id)
      WHERE u.organization_id = ${organizationId} AND user_id NOT IN (SELECT user_id FROM changed)
    )
    SELECT ${userViewColumns('settled')}, concerned.directory_user_ids, concerned.lost,
      concerned.before_link_active, concerned.link_active,
      desired.before_attributes, desired.before_state, desired.before_directory_id, desired.before_idp_id, desired.held
    FROM settled
    JOIN concerned ON concerned.user_id = settled.user_id
    JOIN desired ON desired.user_id = settled.user_id
    ORDER BY settled.user_id`,
  )
}
