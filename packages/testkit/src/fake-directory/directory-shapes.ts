import type { Population, PopulationChange } from '@muster/connectors/conformance'

/** What all vendors have in common of a user; the rest stands in `profile`, in the vendor's words. */
export interface FakeUser {
  id: string
  userName: string
  displayName: string
  active: boolean
  /** Id of the manager. */
  managerId?: string
  profile: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
}

export interface FakeGroup {
  id: string
  name: string
  /** Ids of users and groups, in the order in which they joined. */
  members: Set<string>
  profile: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
  /** When somebody joined or left last. */
  membersUpdatedAt: Date
}

/** One thing that happened, in order. */
export interface DirectoryChange {
  sequence: number
  at: Date
  kind: 'user' | 'group'
  id: string
  does: 'create' | 'update' | 'delete' | 'join' | 'leave'
  /** Of `join` and `leave`: whom; `id` is the group. */
  memberId?: string
}

/** The users and groups of one fake tenant; each vendor's fake shows them its own way. */
export interface FakeDirectory {
  users: ReadonlyMap<string, FakeUser>
  groups: ReadonlyMap<string, FakeGroup>
  changes: readonly DirectoryChange[]
  addUser(user: Partial<Omit<FakeUser, 'id'>> & { userName: string; key?: string }): FakeUser
  updateUser(id: string, changes: Partial<Omit<FakeUser, 'id'>>): void
  removeUser(id: string): void
  addGroup(group: {
    name: string
    key?: string
    members?: readonly string[]
    profile?: Record<string, unknown>
  }): FakeGroup
  updateGroup(id: string, changes: Partial<Pick<FakeGroup, 'name' | 'profile'>>): void
  removeGroup(id: string): void
  join(groupId: string, memberId: string): void
  leave(groupId: string, memberId: string): void
  /** Of a key that the conformance suite uses. @throws for a key that nobody has */
  idOf(key: string): string
  populate(population: Population): void
  apply(change: PopulationChange): void
  /** Told of each change, after it. */
  onChange(listener: (change: DirectoryChange) => void): void
}
