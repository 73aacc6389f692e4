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

/** The columns of a UserRow beyond the table's own, for a query over `users` (or a relation like it) called `alias`. */
export function userViewColumns(alias: string): RawBuilder<unknown> {
  const user = sql.ref(alias)
  const own = (column: string) => sql.ref(`${alias}.${column}`)
  return sql`${user}.*,
    (SELECT o.name FROM organizations o WHERE o.organization_id = ${own('organization_id')}) AS organization_name,
    (SELECT d.name FROM directories d
      WHERE d.organization_id = ${own('organization_id')} AND d.directory_id = ${own('directory_id')}) AS directory_name,
    CASE WHEN ${own('state')} = 'active' THEN (
      SELECT json_agg(json_build_object('id', g.directory_group_id, 'name', g.display_name)
        ORDER BY g.display_name, g.directory_group_id)
      FROM user_links l
      JOIN directory_users du USING (organization_id, directory_id, directory_user_id)
      JOIN memberships m USING (organization_id, directory_id, directory_user_id)
      JOIN directory_groups g USING (organization_id, directory_id, directory_group_id)
      WHERE l.organization_id = ${own('organization_id')} AND l.user_id = ${own('user_id')} AND du.active
    ) END AS groups`
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
