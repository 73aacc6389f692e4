import { eventDefects } from '@muster/events'
import type { EventView } from '../../src/index.ts'

type View = Record<string, unknown> & { id: string }

/** The person-level tables as the event log tells them; views are JSON, as a consumer gets them. */
export interface Folded {
  users: Map<string, View>
  groups: Map<string, View>
  /** Group → its active persons. */
  members: Map<string, Set<string>>
  /** Person → the roles that were told, one by one or with the person as a whole. */
  roles: Map<string, Set<string>>
  /** Persons who are erased by the end: what was said of them is gone, their ids stay in events of groups. */
  erased: Set<string>
  /** What a strict consumer would stumble over: a member added twice, a view that contradicts the log or its schema. */
  complaints: string[]
}

/**
 * Goes on with the log behind what was folded so far (`start`, which becomes the answer), or from its beginning, trusting
 * nothing but it. Whoever is erased by now is forgotten at once: the events in between no longer tell of it.
 */
export function foldEvents(events: readonly EventView[], start?: Folded): Folded {
  const folded = start ?? foldSnapshot([], [])
  folded.complaints.push(...eventDefects(events))
  for (const event of events) if (event.type === 'directory.user.erased') forget(folded, (event.data.user as View).id)
  for (const event of events) {
    const [, subject, verb] = event.type.split('.')
    const data = JSON.parse(JSON.stringify(event.data))
    if (data.erased === true || verb === 'erased') continue
    if (event.type.startsWith('user.role_')) foldRole(folded, event, data)
    if (subject === 'user') foldUser(folded, event, data.user)
    if (subject === 'group') foldGroup(folded, event, verb ?? '', data)
  }
  return folded
}

/** What a log says that led to these people and groups, as a snapshot shows them. */
export function foldSnapshot(users: readonly View[], groups: readonly View[]): Folded {
  const idsOf = (list: unknown) => (list as { id: string }[]).map(({ id }) => id)
  const membersOf = ({ id }: View) => users.filter((user) => idsOf(user.groups).includes(id)).map((user) => user.id)
  return {
    users: new Map(users.map((user) => [user.id, user])),
    groups: new Map(groups.map((group) => [group.id, group])),
    members: new Map(groups.map((group) => [group.id, new Set(membersOf(group))])),
    roles: new Map(users.map((user) => [user.id, new Set(idsOf(user.roles))])),
    ...{ erased: new Set(), complaints: [] },
  }
}

function forget(folded: Folded, userId: string): void {
  folded.erased.add(userId)
  folded.users.delete(userId)
  folded.roles.delete(userId)
  for (const members of folded.members.values()) members.delete(userId)
}

/** Who comes into being or turns active says all groups at once: a filter may have kept somebody out who was in them. */
const joiningTypes = ['directory.user.created', 'directory.user.reactivated']

function foldUser(folded: Folded, event: EventView, user: View): void {
  const known = folded.users.has(user.id)
  if (known === (event.type === 'directory.user.created')) complain(folded, event, `user ${user.id} known: ${known}`)
  folded.users.set(user.id, user)
  foldRoles(folded, event, user)
  const groups = (user.groups as { id: string }[]).map((group) => group.id)
  if (joiningTypes.includes(event.type)) for (const id of groups) folded.members.get(id)?.add(user.id)
  if (user.state === 'inactive') for (const members of folded.members.values()) members.delete(user.id)
  const told = groupsOf(folded, user.id)
  if (`${told.sort()}` !== `${groups.sort()}`) complain(folded, event, `groups ${groups}, but the log told ${told}`)
}

/** Turns of state tell all roles at once; so does what came into being. */
const wholeTypes = ['created', 'reactivated', 'deactivated', 'deleted'].map((verb) => `directory.user.${verb}`)

function foldRoles(folded: Folded, event: EventView, user: View): void {
  const shown = [...new Set((user.roles as { id: string }[]).map(({ id }) => id))].sort()
  if (wholeTypes.includes(event.type)) folded.roles.set(user.id, new Set(shown))
}

function foldRole(folded: Folded, event: EventView, { user, role }: { user: View; role: { id: string } }): void {
  const told = folded.roles.get(user.id) ?? new Set()
  folded.roles.set(user.id, told)
  const assigned = event.type === 'user.role_assigned'
  if (told.has(role.id) === assigned) complain(folded, event, `role ${role.id} known: ${told.has(role.id)}`)
  if (assigned) told.add(role.id)
  else told.delete(role.id)
  folded.users.set(user.id, user)
}

function foldGroup(folded: Folded, event: EventView, verb: string, data: { group: View; userIds: string[] }): void {
  const { group, userIds = [] } = data
  const known = folded.groups.has(group.id)
  if (known === (verb === 'created')) complain(folded, event, `group ${group.id} known: ${known}`)
  if (verb === 'deleted') {
    if (folded.members.get(group.id)?.size !== 0) complain(folded, event, 'the group still had members')
    drop(folded, group.id)
    return
  }
  // Who joins and leaves says which group it is; that it has another name now, another event.
  if (verb === 'created' || verb === 'updated') folded.groups.set(group.id, group)
  const members = folded.members.get(group.id) ?? new Set()
  folded.members.set(group.id, members)
  for (const id of userIds.filter((one) => !folded.erased.has(one))) {
    if (members.has(id) === (verb === 'user_added')) complain(folded, event, `${id} was a member: ${members.has(id)}`)
    if (verb === 'user_added') members.add(id)
    else members.delete(id)
  }
}

function groupsOf(folded: Folded, userId: string): string[] {
  return [...folded.members].filter(([, members]) => members.has(userId)).map(([id]) => id)
}

function drop(folded: Folded, groupId: string): void {
  folded.groups.delete(groupId)
  folded.members.delete(groupId)
}

function complain(folded: Folded, event: EventView, what: string): void {
  folded.complaints.push(`${event.sequence} ${event.type}: ${what}`)
}

/** Roles that the log gives people, beside those the people show; no entry when they agree. */
export function differingRoles({ roles }: Folded, users: Iterable<View>): unknown[] {
  return [...users].flatMap((user) => {
    const shown = [...new Set((user.roles as { id: string }[]).map(({ id }) => id))].sort()
    const told = [...(roles.get(user.id) ?? [])].sort()
    return `${shown}` === `${told}` ? [] : [{ id: user.id, shown, told }]
  })
}

/** Users with the groups the log gives them, without what no event is about: names of directories and organization. */
export function comparableUsers(users: Iterable<View>, members?: Folded['members']): unknown[] {
  return [...users].map(({ directory, organization, groups, ...user }) => {
    const ids = members
      ? [...members].filter(([, of]) => of.has(user.id)).map(([id]) => id)
      : (groups as { id: string }[]).map((group) => group.id)
    return JSON.parse(JSON.stringify({ ...user, groups: ids.sort() }))
  })
}

/** Groups without the time of their last change: a membership of nobody active bumps it and is no event. */
export function comparableGroups(groups: Iterable<View>): unknown[] {
  return [...groups].map(({ updatedAt, ...group }) => JSON.parse(JSON.stringify(group)))
}
