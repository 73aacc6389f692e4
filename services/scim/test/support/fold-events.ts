import type { EventView } from '@muster/repository'

interface Person {
  user: Record<string, unknown>
  groupIds: Set<string>
}

/** What the log says there is: people with the groups they are in, and groups, each by id. */
export interface Folded {
  users: Record<string, unknown>
  groups: Record<string, unknown>
}

/** Replays the log of an organization from its beginning, as a consumer does who keeps a copy. */
export function foldEvents(events: readonly EventView[]): Folded {
  const people = new Map<string, Person>()
  const groups = new Map<string, Record<string, unknown>>()
  for (const { type, data } of events) {
    const group = data.group as Record<string, unknown> | undefined
    const user = data.user as Record<string, unknown> | undefined
    if (user !== undefined) people.set(String(user.id), { user, groupIds: groupIdsOf(user) })
    if (group === undefined) continue
    if (type === 'directory.group.deleted') groups.delete(String(group.id))
    else groups.set(String(group.id), group)
    for (const id of (data.userIds ?? []) as string[]) {
      const groupIds = people.get(id)?.groupIds
      if (type === 'directory.group.user_added') groupIds?.add(String(group.id))
      else groupIds?.delete(String(group.id))
    }
  }
  return {
    users: Object.fromEntries([...people].sort().map(([id, { user, groupIds }]) => [id, view(user, groupIds)])),
    groups: Object.fromEntries([...groups].sort().map(([id, { name, idpId }]) => [id, { name, idpId }])),
  }
}

/** The same shape, from people and groups as the tables have them. */
export function foldTables(
  users: readonly Record<string, unknown>[],
  groups: readonly Record<string, unknown>[],
): Folded {
  return {
    users: Object.fromEntries(users.map((user) => [String(user.id), view(user, groupIdsOf(user))])),
    groups: Object.fromEntries(groups.map(({ id, name, idpId }) => [String(id), { name, idpId }])),
  }
}

function groupIdsOf(user: Record<string, unknown>): Set<string> {
  return new Set((user.groups as { id: string }[]).map(({ id }) => id))
}

/** Without times, and without group names, which follow from the groups. */
function view(
  { createdAt, updatedAt, sessionsRevokedAt, groups, ...user }: Record<string, unknown>,
  groupIds: Set<string>,
) {
  return { ...user, groupIds: [...groupIds].sort() }
}
