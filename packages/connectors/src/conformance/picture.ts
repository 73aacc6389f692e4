import type { Page } from '../page.ts'
import type {
  MemberKey,
  ResourceKey,
  SourceGroup,
  SourceMembership,
  SourceRecord,
  SourceUser,
} from '../source-record.ts'
import type { ConnectorSubject } from './connector-subject.ts'
import type { Population } from './population.ts'

/** What rounds have said of a source: what somebody knows who took in every page. */
export interface Picture {
  users: ReadonlyMap<string, SourceUser>
  groups: ReadonlyMap<string, SourceGroup>
  /** Members by the id of the group and their text. */
  members: ReadonlyMap<string, ReadonlyMap<string, MemberKey>>
}

export const emptyPicture: Picture = { users: new Map(), groups: new Map(), members: new Map() }

/** What a round said, before it counts. */
interface Heard {
  /** The last word on each record; none when it is gone. */
  users: Map<string, SourceUser | undefined>
  groups: Map<string, SourceGroup | undefined>
  members: Map<string, Map<string, { member: MemberKey; gone: boolean }>>
  /** Users and groups that are there, as `kind id`. */
  there: Set<string>
}

/** Takes the pages of a round in, those before a resume and those behind it alike. */
export function afterRound(before: Picture, pages: readonly Page[]): Picture {
  const heard: Heard = { users: new Map(), groups: new Map(), members: new Map(), there: new Set() }
  for (const page of pages) hear(heard, page)
  const whole = pages.at(-1)?.complete === 'all'
  const isThere = (kind: ResourceKey['kind'], id: string) => !whole || heard.there.has(`${kind} ${id}`)
  const users = lastWords(before.users, heard.users, (id) => isThere('user', id))
  const groups = lastWords(before.groups, heard.groups, (id) => isThere('group', id))
  const members = new Map([...groups].map(([id, group]) => [id, membersAfter(before.members.get(id), heard, group)]))
  return { users, groups, members }
}

/** Users and groups that a round spoke of as being there: `kind id`. */
export function namedIn(pages: readonly Page[]): Set<string> {
  const heard: Heard = { users: new Map(), groups: new Map(), members: new Map(), there: new Set() }
  for (const page of pages) hear(heard, page)
  return heard.there
}

/** A picture in words that do not depend on ids, to be compared. Members that nobody is found for are left out. */
export function describePicture({ users, groups, members }: Picture) {
  const names = new Map<string, string>()
  for (const [id, { userName, references = [] }] of users) addNames(names, id, references, userName)
  for (const [id, { name, references = [] }] of groups) addNames(names, id, references, `group ${name}`)
  return {
    users: [...users.values()]
      .map((user) => [user.userName, user.displayName, user.active, user.emails[0]?.value].join(' | '))
      .sort(),
    groups: [...groups.values()]
      .map(({ id, name }) => {
        const known = [...(members.get(id)?.keys() ?? [])].flatMap((text) => names.get(text) ?? [])
        return { name, members: [...new Set(known)].sort() }
      })
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
  }
}

/** A population in the words of `describePicture`: as the source of a subject has it that was given it. */
export function describePopulation(
  { users, groups }: Population,
  { nestedGroups = 'shown' }: Pick<ConnectorSubject, 'nestedGroups'>,
): ReturnType<typeof describePicture> {
  const groupMembers = nestedGroups === 'shown' ? groups : []
  const names = new Map([
    ...users.map((user) => [user.key, user.userName] as const),
    ...groupMembers.map((group) => [group.key, `group ${group.name}`] as const),
  ])
  return {
    users: users.map((user) => [user.userName, user.displayName, user.active, user.userName].join(' | ')).sort(),
    groups: groups
      .map((group) => ({ name: group.name, members: group.members.flatMap((key) => names.get(key) ?? []).sort() }))
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
  }
}

function hear(heard: Heard, page: Page): void {
  for (const key of page.remove) {
    if (key.kind === 'membership') hearMember(heard, key, true)
    else heard[key.kind === 'user' ? 'users' : 'groups'].set(key.id, undefined)
    if (key.kind !== 'membership') heard.there.delete(`${key.kind} ${key.id}`)
  }
  for (const record of page.upsert) hearRecord(heard, record)
  for (const { kind, id } of page.present ?? []) heard.there.add(`${kind} ${id}`)
  for (const { key } of page.problems ?? []) heard.there.add(`${key.kind} ${key.id}`)
}

function hearRecord(heard: Heard, record: SourceRecord): void {
  if (record.kind === 'membership') hearMember(heard, record, false)
  else heard.there.add(`${record.kind} ${record.id}`)
  if (record.kind === 'user') heard.users.set(record.id, record)
  if (record.kind === 'group') heard.groups.set(record.id, record)
}

function hearMember({ members }: Heard, { groupId, member }: SourceMembership, gone: boolean): void {
  const ofGroup = members.get(groupId) ?? new Map<string, { member: MemberKey; gone: boolean }>()
  ofGroup.set(textOf(member), { member, gone })
  members.set(groupId, ofGroup)
}

function lastWords<One>(
  before: ReadonlyMap<string, One>,
  heard: ReadonlyMap<string, One | undefined>,
  isThere: (id: string) => boolean,
): Map<string, One> {
  const all = new Map<string, One | undefined>([...before, ...heard])
  return new Map([...all].flatMap(([id, one]) => (one !== undefined && isThere(id) ? [[id, one] as const] : [])))
}

function membersAfter(before: ReadonlyMap<string, MemberKey> = new Map(), heard: Heard, group: SourceGroup) {
  const word = heard.groups.get(group.id)?.members
  const members = new Map(word === 'complete' ? [] : before)
  if (word === 'unread') return members
  for (const [text, { member, gone }] of heard.members.get(group.id) ?? []) {
    if (gone) members.delete(text)
    else members.set(text, member)
  }
  return members
}

function textOf(member: MemberKey): string {
  return 'id' in member ? `id ${member.id}` : `reference ${member.reference.toLowerCase()}`
}

function addNames(names: Map<string, string>, id: string, references: readonly string[], name: string): void {
  names.set(`id ${id}`, name)
  for (const reference of references) names.set(`reference ${reference.toLowerCase()}`, name)
}
