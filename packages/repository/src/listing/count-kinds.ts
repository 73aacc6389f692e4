/** What a directory has, or how many more or fewer there are. */
export interface DirectoryCounts {
  users: number
  groups: number
  /** Links of its users that count as active, those included whose removal waits. */
  activeUsers: number
  /** Memberships of people by this directory, groups inside groups included. */
  memberships: number
}
