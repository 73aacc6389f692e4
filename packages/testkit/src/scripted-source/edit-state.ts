import type { MemberKey } from '@muster/connectors'
import { memberText } from './member-text.ts'
import type { JournalEntry, ScriptedGroup, ScriptedUser, SourceState } from './source-state.ts'

/** Stores users as they are given, in place of those with the same id. */
export function setUsers(state: SourceState, users: readonly ScriptedUser[]): void {
  const known = new Map(state.users.map((user) => [user.id, user]))
  for (const user of users) {
    journal(state, { kind: 'user', id: user.id, change: known.has(user.id) ? 'changed' : 'created' })
    known.set(user.id, user)
  }
  state.users = sorted(known)
}

/** Stores groups as they are given, in place of those with the same id. */
export function setGroups(state: SourceState, groups: readonly ScriptedGroup[]): void {
  const known = new Map(state.groups.map((group) => [group.id, group]))
  for (const group of groups) {
    const before = known.get(group.id)
    const had = new Set(before?.members.map(memberText))
    const has = new Set(group.members.map(memberText))
    journal(state, {
      kind: 'group',
      id: group.id,
      change: before === undefined ? 'created' : 'changed',
      joined: group.members.filter((member) => !had.has(memberText(member))),
      left: before?.members.filter((member) => !has.has(memberText(member))) ?? [],
    })
    known.set(group.id, { ...group, members: distinct(group.members) })
  }
  state.groups = sorted(known)
}

/** Deletes a user or a group, and its memberships, as directories do. */
export function removeResource(state: SourceState, kind: 'user' | 'group', id: string): void {
  const list: (ScriptedUser | ScriptedGroup)[] = kind === 'user' ? state.users : state.groups
  const gone = list.find((one) => one.id === id)
  if (gone === undefined) throw new Error(`the scripted source has no ${kind} ${id}`)
  list.splice(list.indexOf(gone), 1)
  journal(state, { kind, id, change: 'removed' })
  const names = new Set([memberText({ id }), ...(gone.references ?? []).map((reference) => memberText({ reference }))])
  const without = state.groups.flatMap((group) => {
    const members = group.members.filter((member) => !names.has(memberText(member)))
    return members.length < group.members.length ? [{ ...group, members }] : []
  })
  setGroups(state, without)
}

function journal(state: SourceState, entry: Omit<JournalEntry, 'sequence'>): void {
  state.sequence += 1
  state.journal.push({ sequence: state.sequence, ...entry })
}

function distinct(members: readonly MemberKey[]): MemberKey[] {
  const byText = new Map(members.map((member) => [memberText(member), member]))
  return [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, member]) => member)
}

function sorted<One extends { id: string }>(byId: ReadonlyMap<string, One>): One[] {
  return [...byId.values()].sort((left, right) => (left.id < right.id ? -1 : 1))
}
