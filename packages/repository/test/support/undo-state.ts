import { sql } from 'kysely'
import { type Database, type OrganizationScope, read } from '../../src/index.ts'

/** What an undo restores of each table: what makes rows what they are, without versions and times. */
const columns = {
  directory_users:
    'directory_user_id, user_name_key, display_name_key, external_id, active, selected, resource, mapped',
  directory_user_emails: 'directory_user_id, position, value_key, type_key',
  directory_groups: 'directory_group_id, display_name, external_id, resource',
  memberships: 'directory_group_id, member_id',
  directory_counts: 'directory_id, user_count, group_count, active_user_count, membership_count',
  source_records: 'source_id, resource_id, hash, active, missed_scans',
  source_references: 'reference_key, resource_id',
  users: 'user_id, attributes, state, directory_id, idp_id, manager_id',
  user_links: 'directory_user_id, user_id, active, hold_id, kept',
  groups: 'group_id, name, idp_id, hold_id',
  user_groups: 'user_id, group_id, hold_id',
  user_roles: 'user_id, role_id, source',
} as const

type State = Record<keyof typeof columns, Record<string, unknown>[]>

/** The directory layer and the people layer of an organization, for comparing. */
export function readState(database: Database, scope: OrganizationScope): Promise<State> {
  return read(database, scope, async ({ db, organizationId }) => {
    const state: Partial<State> = {}
    for (const [table, list] of Object.entries(columns)) {
      const { rows } = await sql<{ row: Record<string, unknown> }>`
        SELECT to_jsonb(t) AS row FROM (SELECT ${sql.raw(list)} FROM ${sql.table(table)}
          WHERE organization_id = ${organizationId}) t ORDER BY t::text`.execute(db)
      state[table as keyof State] = rows.map(({ row }) => row)
    }
    return state as State
  })
}

/** Without the people who are not in `before`, and who they are: whoever came into being stays as a person. */
export function withoutNewPeople(state: State, before: State): { state: State; fresh: Record<string, unknown>[] } {
  const known = new Set(before.users.map((user) => user.user_id))
  const users = state.users
    .filter((user) => known.has(user.user_id))
    .map((user) => ({ ...user, manager_id: known.has(user.manager_id) ? user.manager_id : null }))
  const links = state.user_links.filter((link) => known.has(link.user_id))
  return {
    state: { ...state, users, user_links: links },
    fresh: state.users.filter((user) => !known.has(user.user_id)),
  }
}
