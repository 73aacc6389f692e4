/** A user's membership in a group, as a directory says it. */
export interface Membership {
  readonly userId: string
  readonly groupId: string
}

/** A group in a group. */
export interface ChildEdge {
  readonly parentId: string
  readonly childId: string
}

/**
 * All groups of each user, nested ones counted, each with how it comes about: the groups from the one the user is a
 * member of up to this one (alone, for a membership of its own), one of the shortest ways, always the same. Rings are
 * fine. Users without a group are absent.
 */
export function flattenGroups(
  memberships: readonly Membership[],
  edges: readonly ChildEdge[],
): Map<string, Map<string, readonly string[]>> {
  const parents = collect(edges.map(({ childId, parentId }) => [childId, parentId]))
  const direct = collect(memberships.map(({ userId, groupId }) => [userId, groupId]))
  return new Map([...direct].map(([userId, groups]) => [userId, climb(groups, parents)]))
}

/** Level by level, so that the first way found is a shortest one. */
function climb(
  groups: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>(groups.map((group) => [group, [group]]))
  for (const [group, way] of ways) {
    for (const parent of parents.get(group) ?? []) {
      if (!ways.has(parent)) ways.set(parent, [...way, parent])
    }
  }
  return ways
}

/** Sorted and without doubles: the order in which the rows came is nobody's. */
function collect(pairs: readonly (readonly [key: string, value: string])[]): Map<string, readonly string[]> {
  const sets = new Map<string, Set<string>>()
  for (const [key, value] of pairs) {
    const values = sets.get(key)
    if (values === undefined) sets.set(key, new Set([value]))
    else values.add(value)
  }
  return new Map([...sets].map(([key, values]) => [key, [...values].sort()]))
}
