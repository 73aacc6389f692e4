import { type PersonAttributes, shapeAttributes } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import { type RawBuilder, sql } from 'kysely'

/** A person as the database hands it out for showing. */
export interface UserRow {
  user_id: string
  attributes: Record<string, string>
  state: 'active' | 'inactive'
  directory_id: string | null
  directory_name: string | null
  organization_id: string
  organization_name: string
  idp_id: string | null
  metadata: Record<string, unknown>
  sessions_revoked_at: Date | null
  last_login_at: Date | null
  created_at: Date
  updated_at: Date
  groups: { id: string; name: string }[] | null
}

/**
 * The groups of a person's active directory users. Step by step: joined freely, they would be planned from their far end
 * while the tables are still small, and go on so when they are not.
 */
function groupsOfPerson(own: (column: string) => RawBuilder<unknown>): RawBuilder<unknown> {
  const organization = own('organization_id')
  return sql`
    SELECT json_agg(json_build_object('id', g.directory_group_id, 'name', g.display_name)
      ORDER BY g.display_name, g.directory_group_id)
    FROM (
      SELECT * FROM user_links WHERE organization_id = ${organization} AND user_id = ${own('user_id')} OFFSET 0) l
    CROSS JOIN LATERAL (
      SELECT FROM directory_users WHERE organization_id = ${organization} AND directory_id = l.directory_id
        AND directory_user_id = l.directory_user_id AND active OFFSET 0) du
    CROSS JOIN LATERAL (
      SELECT * FROM memberships WHERE organization_id = ${organization} AND directory_id = l.directory_id
        AND directory_user_id = l.directory_user_id OFFSET 0) m
    CROSS JOIN LATERAL (
      SELECT * FROM directory_groups WHERE organization_id = ${organization} AND directory_id = l.directory_id
        AND directory_group_id = m.directory_group_id OFFSET 0) g`
}

/** The columns of a UserRow beyond the table's own, for a query over `users` (or a relation like it) called `alias`. */
export function userViewColumns(alias: string): RawBuilder<unknown> {
  const user = sql.ref(alias)
  const own = (column: string) => sql.ref(`${alias}.${column}`)
  return sql`${user}.*,
    (SELECT o.name FROM organizations o WHERE o.organization_id = ${own('organization_id')}) AS organization_name,
    (SELECT d.name FROM directories d
      WHERE d.organization_id = ${own('organization_id')} AND d.directory_id = ${own('directory_id')}) AS directory_name,
    CASE WHEN ${own('state')} = 'active' THEN (${groupsOfPerson(own)}) END AS groups`
}

/** The user as every surface shows it: management API, events, webhooks. */
export function toUserView(row: UserRow): Record<string, unknown> {
  const { user, profile } = shapeAttributes(row.attributes as PersonAttributes)
  return {
    id: toTypeId('user', row.user_id),
    ...user,
    state: row.state,
    organizationId: toTypeId('organization', row.organization_id),
    organization: { id: toTypeId('organization', row.organization_id), name: row.organization_name },
    directoryId: row.directory_id && toTypeId('directory', row.directory_id),
    directory: row.directory_id &&
      row.directory_name && { id: toTypeId('directory', row.directory_id), name: row.directory_name },
    idpId: row.idp_id,
    profile,
    groups: (row.groups ?? []).map((group) => ({ id: toTypeId('group', group.id), name: group.name })),
    roles: [],
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastLoginAt: row.last_login_at,
    sessionsRevokedAt: row.sessions_revoked_at,
  }
}
