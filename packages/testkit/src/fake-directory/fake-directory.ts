import type { DirectoryChange, FakeDirectory, FakeGroup, FakeUser } from './directory-shapes.ts'
import { applyChange, populate } from './population-changes.ts'

/** `newId` makes the vendor's ids: `number` counts users and groups together, from 1. */
export function createFakeDirectory({
  newId,
}: {
  newId: (kind: 'user' | 'group', number: number) => string
}): FakeDirectory {
  const users = new Map<string, FakeUser>()
  const groups = new Map<string, FakeGroup>()
  const changes: DirectoryChange[] = []
  const ids = new Map<string, string>()
  const listeners: ((change: DirectoryChange) => void)[] = []
  let [made, last] = [0, 0]

  /** No two changes happen at one time. */
  const now = () => {
    last = Math.max(Date.now(), last + 1)
    return new Date(last)
  }
  const log = (kind: 'user' | 'group', id: string, does: DirectoryChange['does'], memberId?: string): Date => {
    const at = now()
    const change = { sequence: changes.length + 1, at, kind, id, does, ...(memberId !== undefined && { memberId }) }
    changes.push(change)
    // Behind whatever the change does yet.
    queueMicrotask(() => {
      for (const listener of listeners) listener(change)
    })
    return at
  }
  const nextId = (kind: 'user' | 'group', key: string | undefined) => {
    const id = newId(kind, ++made)
    if (key !== undefined) ids.set(key, id)
    return id
  }
  const leaveAll = (id: string) => {
    for (const group of groups.values()) if (group.members.has(id)) directory.leave(group.id, id)
  }
  const directory: FakeDirectory = {
    users,
    groups,
    changes,
    onChange: (listener) => void listeners.push(listener),
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
    removeUser: (id) => {
      leaveAll(id)
      users.delete(id)
      log('user', id, 'delete')
    },
    addGroup: ({ name, key, members = [], profile = {} }) => {
      const id = nextId('group', key)
      const at = log('group', id, 'create')
      const group = {
        id,
        name,
        members: new Set<string>(),
        profile,
        createdAt: at,
        updatedAt: at,
        membersUpdatedAt: at,
      }
      groups.set(id, group)
      for (const member of members) directory.join(id, member)
      return group
    },
    updateGroup: (id, change) => {
      Object.assign(found(groups.get(id), id), change, { updatedAt: log('group', id, 'update') })
    },
    removeGroup: (id) => {
      leaveAll(id)
      groups.delete(id)
      log('group', id, 'delete')
    },
    join: (groupId, memberId) => {
      const group = found(groups.get(groupId), groupId)
      group.members.add(memberId)
      group.membersUpdatedAt = log('group', groupId, 'join', memberId)
    },
    leave: (groupId, memberId) => {
      const group = found(groups.get(groupId), groupId)
      group.members.delete(memberId)
      group.membersUpdatedAt = log('group', groupId, 'leave', memberId)
    },
    populate: (population) => populate(directory, population),
    apply: (change) => applyChange(directory, change),
  }
  return directory
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`nobody is called ${name}`)
  return value
}
