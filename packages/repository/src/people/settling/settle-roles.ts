import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { People } from './concerned.ts'

/** A role that a person has from a source: `had` before, `added` or `removed` now. */
export interface RoleRow {
  effect: 'had' | 'added' | 'removed'
  user_id: string
  role_id: string
  /** `manual`, or `group:` and the UUID of the group. */
  source: string
}

/**
 * Makes the roles that people have from their groups those of the role mappings; manual ones stay. Answers with the roles
 * they had, and with what changed. To be sent behind settleMemberships, and like it deletes rows by their place.
 */
export function settleRoles(tx: Transaction, people: People): Promise<RoleRow[]> {
  const own = sql`organization_id = ${tx.organizationId}`
  return send(
    tx.db,
    sql<RoleRow>`
    WITH concerned AS MATERIALIZED (SELECT DISTINCT user_id FROM (${people}) asked),
    desired AS MATERIALIZED (
      SELECT c.user_id, role.role_id COLLATE "C" AS role_id, ('group:' || g.group_id) COLLATE "C" AS source
      FROM concerned c
      CROSS JOIN LATERAL (SELECT group_id FROM user_groups WHERE ${own} AND user_id = c.user_id OFFSET 0) ug
      CROSS JOIN LATERAL (SELECT * FROM groups WHERE ${own} AND group_id = ug.group_id OFFSET 0) g
      CROSS JOIN LATERAL (
        SELECT unnest(role_ids) AS role_id FROM role_mappings WHERE ${own} AND group_id = g.group_id
        UNION
        SELECT unnest(role_ids) FROM role_mappings WHERE ${own} AND group_name_key = g.name_key
          AND (directory_id IS NULL OR directory_id = g.directory_id)
      ) role
    ),
    had AS MATERIALIZED (
      SELECT r.user_id, r.role_id, r.source, r.place FROM concerned c
      CROSS JOIN LATERAL (SELECT ctid AS place, * FROM user_roles WHERE ${own} AND user_id = c.user_id OFFSET 0) r
    ),
    added AS (
      INSERT INTO user_roles (organization_id, user_id, role_id, source)
      SELECT ${tx.organizationId}::uuid, user_id, role_id, source FROM desired
      ON CONFLICT (organization_id, user_id, role_id, source) DO NOTHING
      RETURNING user_id, role_id, source
    ),
    ended AS MATERIALIZED (
      SELECT * FROM had WHERE source <> 'manual'
        AND (user_id, role_id, source) NOT IN (SELECT user_id, role_id, source FROM desired)
    ),
    removed AS (
      DELETE FROM user_roles WHERE ${own} AND ctid = ANY(ARRAY(SELECT place FROM ended))
        AND EXISTS (SELECT FROM ended)
    )
    SELECT 'had' AS effect, user_id, role_id, source FROM had
    UNION ALL SELECT 'added', user_id, role_id, source FROM added
    UNION ALL SELECT 'removed', user_id, role_id, source FROM ended`,
  )
}
