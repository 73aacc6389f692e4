import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { type UserRow, userViewColumns } from '../views/user-view.ts'
import type { People } from './concerned.ts'
import { managerOf } from './managers.ts'
import { byRank, sayings } from './sayings.ts'

/** A person after the merge, with what it was before. */
export type MergedRow = UserRow & {
  before_attributes: Record<string, string>
  before_state: 'active' | 'inactive'
  before_directory_id: string | null
  before_idp_id: string | null
  before_manager_id: string | null
  /** Whether any directory holds the person. */
  held: boolean
}

interface MergeOptions {
  /** Whether to answer only with those who changed, and those whom nobody holds. */
  quiet?: boolean
  /** Whether what directories say of managers may have changed: looking for them is half of the statement. */
  managers?: boolean
  /** Whether nobody is to turn active or inactive: groups and roles would not follow. */
  steady?: boolean
}

/**
 * Makes people what their directories, and administrators, say: attribute by attribute what is pinned, else what the
 * highest-ranked directory provides, else the manual value, else the value it had. Answers with everybody concerned,
 * changed or not, unless it is quiet. `mergePerson` of packages/people says the same for one.
 *
 * Whatever the planner believes, this costs a few probes of primary keys a row: look-ups are LATERAL with OFFSET 0,
 * updates are INSERT … ON CONFLICT of rows that are there. As joins, 10,000 arrivals in an installation without
 * statistics took longer than a statement may, and the change of one user read its whole directory.
 */
export function mergePeople(
  tx: Transaction,
  people: People,
  { quiet = false, managers = true, steady = false }: MergeOptions = {},
): Promise<MergedRow[]> {
  return send(
    tx.db,
    sql<MergedRow>`
    WITH desired AS MATERIALIZED (${desiredPeople(tx.organizationId, people, { managers, steady })}),
    settled AS MATERIALIZED (
      SELECT d.*, different.differs,
        CASE WHEN d.before_state = 'active' AND d.state = 'inactive' THEN now() ELSE d.before_sessions_revoked_at END
          AS sessions_revoked_at,
        CASE WHEN different.differs THEN now() ELSE d.before_updated_at END AS updated_at
      FROM desired d CROSS JOIN LATERAL (
        SELECT (d.attributes, d.state, d.directory_id, d.idp_id, d.manager_id) IS DISTINCT FROM (d.before_attributes,
          d.before_state, d.before_directory_id, d.before_idp_id, d.before_manager_id) AS differs
      ) different
    ),
    changed AS (
      INSERT INTO users AS u (organization_id, user_id, attributes, state, directory_id, idp_id, manager_id,
        sessions_revoked_at, updated_at)
      SELECT organization_id, user_id, attributes, state, directory_id, idp_id, manager_id, sessions_revoked_at,
        updated_at
      FROM settled WHERE differs
      ON CONFLICT (organization_id, user_id) DO UPDATE SET attributes = excluded.attributes, state = excluded.state,
        directory_id = excluded.directory_id, idp_id = excluded.idp_id, manager_id = excluded.manager_id,
        sessions_revoked_at = excluded.sessions_revoked_at, updated_at = excluded.updated_at
    )
    SELECT ${userViewColumns(tx.organizationId, 'settled')} FROM settled WHERE ${!quiet}::boolean OR differs OR NOT held
    ORDER BY settled.user_id`,
  )
}

function desiredPeople(
  organizationId: string,
  people: People,
  { managers, steady }: { managers: boolean; steady: boolean },
): RawBuilder<unknown> {
  const said = sayings(organizationId, sql`u.user_id`)
  const first = (column: string) =>
    sql`(array_agg(s.${sql.ref(column)} ORDER BY ${byRank}) FILTER (WHERE s.mapped IS NOT NULL))[1]`
  return sql`
    SELECT u.organization_id, u.user_id, u.attributes || u.manual || said.attributes || u.pinned AS attributes,
      CASE WHEN ${steady ? sql`true` : sql`said.links = 0`} THEN u.state WHEN said.active THEN 'active' ELSE 'inactive' END AS state,
      COALESCE(said.directory_id, u.directory_id) AS directory_id,
      CASE WHEN said.directory_id IS NULL THEN u.idp_id ELSE said.external_id END AS idp_id,
      ${managers ? managerOf(organizationId, sql`u.user_id`, sql`said.attributes`, sql`u.manager_id`) : sql`u.manager_id`}
        AS manager_id,
      u.metadata, u.pinned, u.last_login_at, u.created_at, u.sessions_revoked_at AS before_sessions_revoked_at,
      u.updated_at AS before_updated_at, u.attributes AS before_attributes, u.state AS before_state,
      u.directory_id AS before_directory_id, u.idp_id AS before_idp_id, u.manager_id AS before_manager_id,
      said.directory_id IS NOT NULL AS held
    FROM (SELECT DISTINCT user_id FROM (${people}) asked) concerned
    CROSS JOIN LATERAL (
      SELECT * FROM users WHERE organization_id = ${organizationId} AND user_id = concerned.user_id OFFSET 0) u
    CROSS JOIN LATERAL (
      SELECT count(*) AS links, ${first('directory_id')} AS directory_id, ${first('active')} AS active,
        ${first('external_id')} AS external_id,
        -- One directory is the rule, and needs no merging.
        CASE WHEN count(s.mapped) > 1 THEN (
          SELECT jsonb_object_agg(provided.key, provided.value ORDER BY s.place DESC, s.created_at DESC, s.directory_id DESC)
          FROM (${said}) s CROSS JOIN LATERAL jsonb_each(s.mapped) AS provided
        ) ELSE COALESCE(${first('mapped')}, '{}') END AS attributes
      FROM (${said}) s) said`
}
