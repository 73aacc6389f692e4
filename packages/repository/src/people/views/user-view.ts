import { isShownAttribute, shapeAttributes } from '@muster/people'
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
  manager_id: string | null
  pinned: Record<string, string>
  groups: { id: string; name: string }[] | null
  roles: { id: string; source: string }[] | null
}

/** Looked up one by one, for the reason that mergePeople gives. */
function groupsOfPerson(organizationId: string, alias: string): RawBuilder<unknown> {
  const own = sql`organization_id = ${organizationId}`
  return sql`
    SELECT json_agg(json_build_object('id', g.group_id, 'name', g.name) ORDER BY g.name, g.group_id)
    FROM (
      SELECT group_id FROM user_groups WHERE ${own} AND user_id = ${sql.ref(`${alias}.user_id`)} OFFSET 0) ug
    CROSS JOIN LATERAL (SELECT * FROM groups WHERE ${own} AND group_id = ug.group_id OFFSET 0) g`
}

function rolesOfPerson(organizationId: string, alias: string): RawBuilder<unknown> {
  return sql`
    SELECT json_agg(json_build_object('id', r.role_id, 'source', r.source) ORDER BY r.role_id, r.source)
    FROM user_roles r WHERE r.organization_id = ${organizationId} AND r.user_id = ${sql.ref(`${alias}.user_id`)}`
}

/**
 * The columns of a UserRow beyond the table's own, for a query over `users` (or a relation like it) called `alias`. The
 * organization stands in it as a value, so that its name is looked up once a statement.
 */
export function userViewColumns(organizationId: string, alias: string): RawBuilder<unknown> {
  return sql`${sql.ref(alias)}.*, ${nameColumns(organizationId, alias)},
    (${groupsOfPerson(organizationId, alias)}) AS groups, (${rolesOfPerson(organizationId, alias)}) AS roles`
}

/** The same for people who came into being just now: they have neither groups nor roles yet. */
export function newUserColumns(organizationId: string, alias: string): RawBuilder<unknown> {
  return sql`${sql.ref(alias)}.*, ${nameColumns(organizationId, alias)}, NULL::json AS groups, NULL::json AS roles`
}

function nameColumns(organizationId: string, alias: string): RawBuilder<unknown> {
  return sql`
    (SELECT name FROM organizations WHERE organization_id = ${organizationId}) AS organization_name,
    (SELECT d.name FROM directories d WHERE d.organization_id = ${organizationId}
      AND d.directory_id = ${sql.ref(`${alias}.directory_id`)}) AS directory_name`
}

/** The user as every surface shows it: management API, events, webhooks. */
export function toUserView(row: UserRow): Record<string, unknown> {
  const { user, profile, customAttributes } = shapeAttributes(row.attributes)
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
    managerId: row.manager_id && toTypeId('user', row.manager_id),
    customAttributes,
    groups: (row.groups ?? []).map((group) => ({ id: toTypeId('group', group.id), name: group.name })),
    roles: (row.roles ?? []).map(toRoleView),
    pinned: Object.keys(row.pinned).filter(isShownAttribute).sort(),
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastLoginAt: row.last_login_at,
    sessionsRevokedAt: row.sessions_revoked_at,
  }
}

/** A role as users show it: its source is `manual`, or `group:` and the id of the group. */
export function toRoleView({ id, source }: { id: string; source: string }): { id: string; source: string } {
  const groupId = /^group:(.+)$/.exec(source)?.[1]
  return { id, source: groupId === undefined ? source : `group:${toTypeId('group', groupId)}` }
}
