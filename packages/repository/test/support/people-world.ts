import { newUuid } from '@muster/runtime/type-ids'
import { comparisonKey } from '@muster/scim'
import type pg from 'pg'
import type { GroupQuery, UserQuery } from '../../src/index.ts'

/** A person as the lists know one. Ids of directories, groups and managers are UUIDs. */
export interface WorldPerson {
  id: string
  email?: string | undefined
  firstName?: string | undefined
  lastName?: string | undefined
  username?: string | undefined
  state: 'active' | 'inactive'
  /** The first is the one shown. */
  directories: readonly string[]
  groups: readonly string[]
  roles: readonly { id: string; source: string }[]
  managerId?: string | undefined
}

export interface WorldGroup {
  id: string
  name: string
  directoryId: string
}

/** The people layer of an organization. */
export interface PeopleWorld {
  people: readonly WorldPerson[]
  groups: readonly WorldGroup[]
}

const searched = ['email', 'firstName', 'lastName', 'username'] as const

/** Writes the people layer of an organization as it is, by plain SQL: takes a superuser's connection. */
export async function fillPeople(
  superuser: pg.Client,
  organizationId: string,
  { people, groups }: PeopleWorld,
): Promise<void> {
  const insert = (table: string, columns: string, rows: readonly object[]) =>
    superuser.query(
      `INSERT INTO ${table} (organization_id, ${columns}) SELECT $1, ${columns} FROM json_populate_recordset(NULL::${table}, $2)`,
      [organizationId, JSON.stringify(rows)],
    )
  await superuser.query(`SET session_replication_role = 'replica'`)
  const users = people.map(({ id, state, directories, managerId, ...texts }) => {
    const named = searched.flatMap((name) => {
      const text = texts[name]
      return text === undefined ? [] : [[name, text] as const, [`${name}Key`, comparisonKey(text)] as const]
    })
    return {
      ...{ user_id: id, attributes: Object.fromEntries(named), state, manager_id: managerId ?? null },
      ...{ directory_id: directories[0] ?? null, metadata: {}, manual: {}, pinned: {} },
      ...{ created_at: '2026-01-01Z', updated_at: '2026-01-01Z' },
    }
  })
  const userColumns =
    'user_id, attributes, state, manager_id, directory_id, metadata, manual, pinned, created_at, updated_at'
  await insert('users', userColumns, users)
  const links = people.flatMap(({ id, state, directories }) =>
    directories.map((directory_id) => ({
      ...{ user_id: id, directory_id, directory_user_id: newUuid(), active: state === 'active' },
    })),
  )
  await insert('user_links', 'user_id, directory_id, directory_user_id, active', links)
  const groupRows = groups.map(({ id, name, directoryId }) => ({
    ...{ group_id: id, name, name_key: comparisonKey(name), directory_id: directoryId },
    ...{ created_at: '2026-01-01Z', updated_at: '2026-01-01Z' },
  }))
  await insert('groups', 'group_id, name, name_key, directory_id, created_at, updated_at', groupRows)
  const directoryOf = new Map(groups.map(({ id, directoryId }) => [id, directoryId]))
  const memberships = people.flatMap(({ id, groups: own }) =>
    own.map((group_id) => ({ user_id: id, group_id, directory_id: directoryOf.get(group_id) })),
  )
  await insert('user_groups', 'user_id, group_id, directory_id', memberships)
  const roles = people.flatMap(({ id, roles: own }) =>
    own.map((role) => ({ user_id: id, role_id: role.id, source: role.source, created_at: '2026-01-01Z' })),
  )
  await insert('user_roles', 'user_id, role_id, source, created_at', roles)
  await superuser.query(`SET session_replication_role = 'origin'`)
}

/** The ids that a query of people must find, in order. */
export function peopleWanted({ people }: PeopleWorld, query: UserQuery): string[] {
  const words = comparisonKey(query.q ?? '').split(/\s+/u)
  return people
    .filter((person) => {
      const keys = searched.flatMap((name) => comparisonKey(person[name] ?? ''))
      return (
        words.every((word) => word === '' || keys.some((key) => key.startsWith(word))) &&
        (query.ids?.includes(person.id) ?? true) &&
        (query.email === undefined || comparisonKey(person.email ?? '') === comparisonKey(query.email)) &&
        (query.state ?? person.state) === person.state &&
        (query.directoryId === undefined || person.directories.includes(query.directoryId)) &&
        (query.groupId === undefined || person.groups.includes(query.groupId)) &&
        (query.roleId === undefined || person.roles.some(({ id }) => id === query.roleId)) &&
        (query.managerId ?? person.managerId) === person.managerId &&
        (query.source === undefined || (query.source === 'manual') === (person.directories.length === 0))
      )
    })
    .map(({ id }) => id)
    .sort()
}

/** The ids that a query of groups must find, in order. */
export function groupsWanted({ people, groups }: PeopleWorld, query: GroupQuery): string[] {
  const prefix = comparisonKey(query.q ?? '').trim()
  const own = query.userId === undefined ? undefined : people.find(({ id }) => id === query.userId)?.groups
  return groups
    .filter(
      ({ id, name, directoryId }) =>
        (query.name ?? name) === name &&
        comparisonKey(name).startsWith(prefix) &&
        (query.directoryId ?? directoryId) === directoryId &&
        (query.userId === undefined || own?.includes(id)),
    )
    .map(({ id }) => id)
    .sort()
}
