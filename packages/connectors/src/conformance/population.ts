/** A user that a subject puts into its source. `key` is for the suite alone; the user name is an address. */
export interface PopulationUser {
  key: string
  userName: string
  displayName: string
  active: boolean
}

export interface PopulationGroup {
  key: string
  name: string
  /** Keys of users and of groups. */
  members: readonly string[]
}

export interface Population {
  users: readonly PopulationUser[]
  groups: readonly PopulationGroup[]
}

/** A change that a subject makes to its source. */
export type PopulationChange =
  | { does: 'addUser'; user: PopulationUser }
  | { does: 'renameUser'; key: string; userName: string }
  | { does: 'disableUser'; key: string }
  | { does: 'removeUser'; key: string }
  | { does: 'addGroup'; group: PopulationGroup }
  | { does: 'renameGroup'; key: string; name: string }
  | { does: 'removeGroup'; key: string }
  | { does: 'join' | 'leave'; groupKey: string; memberKey: string }

export const emptyPopulation: Population = { users: [], groups: [] }

/** Users, one of them disabled, groups in groups, and a group of all of them. `domain` keeps two populations apart. */
export function samplePopulation(userCount = 13, domain = 'acme.test'): Population {
  const users = Array.from({ length: userCount }, (_, index) => sampleUser(index, domain))
  const keys = users.map((user) => user.key)
  return {
    users: users.map((user, index) => (index === 2 ? { ...user, active: false } : user)),
    groups: [
      { key: 'g-all', name: `All of ${domain}`, members: keys },
      { key: 'g-department', name: 'Department', members: [...keys.slice(0, 2), 'g-team'] },
      { key: 'g-team', name: 'Team', members: keys.slice(2, 5) },
    ],
  }
}

/** The n-th user of a population. */
export function sampleUser(index: number, domain = 'acme.test'): PopulationUser {
  const key = `u-${String(index).padStart(5, '0')}`
  return { key, userName: `${key}@${domain}`, displayName: `User ${index}`, active: true }
}

/** Something of everything that can change in the sample. */
export const sampleChanges: readonly PopulationChange[] = [
  { does: 'addUser', user: sampleUser(90_001) },
  { does: 'renameUser', key: 'u-00000', userName: 'renamed@acme.test' },
  { does: 'disableUser', key: 'u-00001' },
  { does: 'removeUser', key: 'u-00003' },
  { does: 'addGroup', group: { key: 'g-new', name: 'New', members: ['u-00004', 'g-team'] } },
  { does: 'renameGroup', key: 'g-all', name: 'Everybody' },
  { does: 'join', groupKey: 'g-team', memberKey: 'u-90001' },
  { does: 'leave', groupKey: 'g-department', memberKey: 'u-00001' },
]

/** The population behind changes. */
export function changedPopulation(population: Population, changes: readonly PopulationChange[]): Population {
  return changes.reduce(changed, population)
}

function changed({ users, groups }: Population, change: PopulationChange): Population {
  const mapUser = (key: string, changes: Partial<PopulationUser>) =>
    users.map((user) => (user.key === key ? { ...user, ...changes } : user))
  const mapGroup = (key: string, map: (group: PopulationGroup) => PopulationGroup) =>
    groups.map((group) => (group.key === key ? map(group) : group))
  const groupsWithout = (key: string) =>
    groups.map((group) => ({ ...group, members: group.members.filter((member) => member !== key) }))
  switch (change.does) {
    case 'addUser':
      return { users: [...users, change.user], groups }
    case 'renameUser':
      return { users: mapUser(change.key, { userName: change.userName }), groups }
    case 'disableUser':
      return { users: mapUser(change.key, { active: false }), groups }
    case 'removeUser':
      return { users: users.filter((user) => user.key !== change.key), groups: groupsWithout(change.key) }
    case 'addGroup':
      return { users, groups: [...groups, change.group] }
    case 'renameGroup':
      return { users, groups: mapGroup(change.key, (group) => ({ ...group, name: change.name })) }
    case 'removeGroup':
      return { users, groups: groupsWithout(change.key).filter((group) => group.key !== change.key) }
    case 'join':
    case 'leave':
      return {
        users,
        groups: mapGroup(change.groupKey, (group) => ({ ...group, members: membersAfter(group, change) })),
      }
  }
}

function membersAfter(group: PopulationGroup, change: { does: 'join' | 'leave'; memberKey: string }): string[] {
  const others = group.members.filter((member) => member !== change.memberKey)
  return change.does === 'join' ? [...others, change.memberKey] : others
}
