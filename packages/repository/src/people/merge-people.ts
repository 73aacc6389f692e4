import { type RawBuilder, sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { type UserRow, userViewColumns } from './user-view.ts'

/** A person after the merge, with what it was before and the asked directory user it stands for. */
export type MergedRow = UserRow & {
  directory_user_id: string
  before_attributes: Record<string, string>
  before_state: 'active' | 'inactive'
  before_directory_id: string | null
  before_idp_id: string | null
  /** Whether any directory still holds the person. */
  held: boolean
  /** Whether the asked directory user is gone. */
  lost: boolean
  /** Whether the asked directory user was active when it was settled before, and whether it is now. */
  before_link_active: boolean
  link_active: boolean
}

/**
 * Makes the people behind the directory users what their directories say, attribute by attribute the highest-ranked
 * that provides one; what nobody provides keeps its value. Answers with every person concerned, changed or not; a
 * person is behind at most one user of a directory.
 *
 * Whatever the planner believes, this costs a few probes of primary keys a row: look-ups are LATERAL with OFFSET 0,
 * updates are INSERT … ON CONFLICT of rows that are there, and the ids come as JSON, which counts as 100 rows always.
 * As joins, 10,000 arrivals in an installation without statistics took longer than a statement may, and the change of
 * one user read its whole directory.
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
    WITH asked AS MATERIALIZED (${askedLinks(organizationId, directoryId, directoryUserIds)}),
    desired AS MATERIALIZED (${desiredPeople(organizationId)}),
    settled AS MATERIALIZED (
      SELECT d.*, different.differs,
        CASE WHEN d.before_state = 'active' AND d.state = 'inactive' THEN now() ELSE d.before_sessions_revoked_at END
          AS sessions_revoked_at,
        CASE WHEN different.differs THEN now() ELSE d.before_updated_at END AS updated_at
      FROM desired d CROSS JOIN LATERAL (
        SELECT (d.attributes, d.state, d.directory_id, d.idp_id)
          IS DISTINCT FROM (d.before_attributes, d.before_state, d.before_directory_id, d.before_idp_id) AS differs
      ) different
    ),
    changed AS (
      INSERT INTO users AS u (organization_id, user_id, attributes, state, directory_id, idp_id, sessions_revoked_at,
        updated_at)
      SELECT organization_id, user_id, attributes, state, directory_id, idp_id, sessions_revoked_at, updated_at
      FROM settled WHERE differs
      ON CONFLICT (organization_id, user_id) DO UPDATE SET attributes = excluded.attributes, state = excluded.state,
        directory_id = excluded.directory_id, idp_id = excluded.idp_id,
        sessions_revoked_at = excluded.sessions_revoked_at, updated_at = excluded.updated_at
    ),
    turned AS (
      INSERT INTO user_links AS l (organization_id, directory_id, directory_user_id, user_id, active)
      SELECT ${organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_id, link_active
      FROM asked WHERE NOT lost AND link_active <> before_link_active
      ON CONFLICT (organization_id, directory_id, directory_user_id) DO UPDATE SET active = excluded.active
    )
    SELECT ${userViewColumns('settled')} FROM settled ORDER BY settled.user_id`,
  )
}

function askedLinks(
  organizationId: string,
  directoryId: string,
  directoryUserIds: readonly string[],
): RawBuilder<unknown> {
  return sql`
    SELECT ask.id AS directory_user_id, link.user_id, link.active AS before_link_active, du.active IS NULL AS lost,
      COALESCE(du.active, false) AS link_active
    FROM (
      SELECT DISTINCT id::uuid AS id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS ask (id)
    ) ask
    CROSS JOIN LATERAL (
      SELECT l.user_id, l.active FROM user_links l WHERE l.organization_id = ${organizationId}
        AND l.directory_id = ${directoryId} AND l.directory_user_id = ask.id OFFSET 0) link
    LEFT JOIN LATERAL (
      SELECT u.active FROM directory_users u WHERE u.organization_id = ${organizationId}
        AND u.directory_id = ${directoryId} AND u.directory_user_id = ask.id OFFSET 0) du ON true`
}

/** What each directory says of the person `asked.user_id`, by rank: listed ones in their order, then by age. */
function sayings(organizationId: string): RawBuilder<unknown> {
  return sql`
    SELECT du.directory_id, du.mapped, du.active, du.external_id, row_number() OVER (ORDER BY COALESCE(array_position(
        (SELECT directory_order FROM organizations WHERE organization_id = ${organizationId}), du.directory_id
      ), 2147483647), d.created_at, d.directory_id) AS rank
    FROM user_links l
    JOIN directory_users du USING (organization_id, directory_id, directory_user_id)
    JOIN directories d USING (organization_id, directory_id)
    WHERE l.organization_id = ${organizationId} AND l.user_id = asked.user_id`
}

function desiredPeople(organizationId: string): RawBuilder<unknown> {
  return sql`
    SELECT u.organization_id, u.user_id, u.attributes || merged.attributes AS attributes,
      CASE WHEN top.active THEN 'active' ELSE 'inactive' END AS state,
      COALESCE(top.directory_id, u.directory_id) AS directory_id,
      CASE WHEN top.rank IS NULL THEN u.idp_id ELSE top.external_id END AS idp_id,
      u.metadata, u.last_login_at, u.created_at, u.sessions_revoked_at AS before_sessions_revoked_at,
      u.updated_at AS before_updated_at, u.attributes AS before_attributes, u.state AS before_state,
      u.directory_id AS before_directory_id, u.idp_id AS before_idp_id,
      asked.directory_user_id, asked.before_link_active, asked.link_active, asked.lost, top.rank IS NOT NULL AS held
    FROM asked
    CROSS JOIN LATERAL (
      SELECT * FROM users WHERE organization_id = ${organizationId} AND user_id = asked.user_id OFFSET 0) u
    LEFT JOIN LATERAL (SELECT * FROM (${sayings(organizationId)}) saying WHERE rank = 1) top ON true
    CROSS JOIN LATERAL (
      SELECT COALESCE(jsonb_object_agg(provided.key, provided.value ORDER BY saying.rank DESC), '{}') AS attributes
      FROM (${sayings(organizationId)}) saying CROSS JOIN LATERAL jsonb_each(saying.mapped) AS provided) merged`
}
