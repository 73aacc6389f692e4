import { createChangeLog } from './change-log.ts'
import type { FakeDirectory, FakeGroup, FakeUser } from './directory-shapes.ts'
import { applyChange, populate } from './population-changes.ts'

interface DirectoryOptions {
  /** Makes the vendor's ids: `number` counts users and groups together, from 1. */
  newId(kind: 'user' | 'group', number: number): string
}

export function createFakeDirectory({ newId }: DirectoryOptions): FakeDirectory {
  const users = new Map<string, FakeUser>()
  const groups = new Map<string, FakeGroup>()
  const ids = new Map<string, string>()
  const { changes, log, onChange } = createChangeLog()
  let made = 0

  const nextId = (kind: 'user' | 'group', key: string | undefined) => {
    const id = newId(kind, ++made)
    if (key !== undefined) ids.set(key, id)
    return id
  }
  const move = (groupId: string, memberId: string, does: 'join' | 'leave') => {
    const group = found(groups.get(groupId), groupId)
    group.members[does === 'join' ? 'add' : 'delete'](memberId)
    group.membersUpdatedAt = log('group', groupId, does, memberId)
  }
  const remove = (kind: 'user' | 'group', records: Map<string, unknown>, id: string) => {
    for (const group of groups.values()) if (group.members.has(id)) move(group.id, id, 'leave')
    records.delete(id)
    log(kind, id, 'delete')
  }
  const directory: FakeDirectory = {
    users,
    groups,
    changes,
    onChange,
    idOf: (key) => found(ids.get(key), key),
    addUser: ({ key, ...user }) => {
      const id = nextId('user', key)
      const at = log('user', id, 'create')
      const whole = { displayName: user.userName, active: true, profile: {}, createdAt: at, updatedAt: at, ...user, id }
      users.set(id, whole)
      return whole
    },
    updateUser: (id, change) => {
      Object.assign(found(users.get(id), id), change, { updatedAt: log('user', id, 'update') })
    },
    removeUser: (id) => remove('user', users, id),
    addGroup: ({ name, key, members = [], profile = {} }) => {
      const id = nextId('group', key)
      const at = log('group', id, 'create')
      const times = { createdAt: at, updatedAt: at, membersUpdatedAt: at }
      const group = { id, name, members: new Set<string>(), profile, ...times }
      groups.set(id, group)
      for (const member of members) move(id, member, 'join')
      return group
    },
    updateGroup: (id, change) => {
      Object.assign(found(groups.get(id), id), change, { updatedAt: log('group', id, 'update') })
    },
    removeGroup: (id) => remove('group', groups, id),
    join: (groupId, memberId) => move(groupId, memberId, 'join'),
    leave: (groupId, memberId) => move(groupId, memberId, 'leave'),
    populate: (population) => populate(directory, population),
    apply: (change) => applyChange(directory, change),
  }
  return directory
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`nobody is called ${name}`)
  return value
}
