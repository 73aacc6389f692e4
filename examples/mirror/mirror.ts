import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import type { Group, LocalCopy, User } from '@muster/sdk'

type Copy<T> = LocalCopy<T> & { size(): number }

function copyOf<T extends { id: string }>(items: Map<string, T>): Copy<T> {
  return {
    ids: () => [...items.keys()],
    upsert: (item) => items.set(item.id, item),
    remove: (id) => items.delete(id),
    size: () => items.size,
  }
}

/** A copy of an organization in one file. */
export function openMirror(path: string): { users: Copy<User>; groups: Copy<Group>; save(): Promise<void> } {
  const { users: savedUsers, groups: savedGroups } = readSaved(path)
  const users = new Map(savedUsers.map((user) => [user.id, user]))
  const groups = new Map(savedGroups.map((group) => [group.id, group]))
  return {
    users: copyOf(users),
    groups: copyOf(groups),
    save: async () => {
      const text = JSON.stringify({ users: [...users.values()], groups: [...groups.values()] }, null, 2)
      await writeFile(`${path}.new`, text, { mode: 0o600 })
      await rename(`${path}.new`, path)
    },
  }
}

function readSaved(path: string): { users: User[]; groups: Group[] } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { users: [], groups: [] }
    throw error
  }
}
