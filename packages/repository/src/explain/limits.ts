/** How much one explanation looks at and shows; what goes beyond it makes the answer incomplete, and says so. */
export const explainLimits = {
  /** Memberships on the ways up from the directory users. */
  edges: 5_000,
  groups: 1_000,
  roles: 1_000,
  /** Pairs of a role mapping and a group that it means. */
  mappings: 100,
  groupsPerMapping: 20,
  /** Found by an address or a name. */
  directoryUsers: 20,
  users: 20,
  /** Of the organization that take nothing in. */
  directories: 100,
  /** Of a directory's log, the newest, that are searched for the last one about a user. */
  requests: 2_000,
} as const
