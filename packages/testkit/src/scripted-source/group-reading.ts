import type { MemberKey, SourceGroup, SourceMembership } from '@muster/connectors'
import { memberText } from './member-text.ts'
import type { Position } from './position.ts'
import type { ScriptedGroup, SourceState } from './source-state.ts'

/** A group as a round speaks of it; no record when it is gone. */
export interface GroupReading {
  id: string
  record: SourceGroup | undefined
  /** In the order of their texts. */
  edges: readonly { text: string; membership: SourceMembership; gone: boolean }[]
}

/** The groups of these ids that are still to be read at a position: with all their members, or with those who joined and left. */
export function changedGroups(state: SourceState, position: Position, ids: readonly string[]): GroupReading[] {
  const groups = new Map(state.groups.map((group) => [group.id, group]))
  const left = ids.filter((id) => id > position.after || (id === position.after && position.edge !== undefined))
  return left.map((id) => {
    const group = groups.get(id)
    if (group === undefined) return { id, record: undefined, edges: [] }
    const news = state.journal.filter(
      (entry) => entry.kind === 'group' && entry.id === id && entry.sequence > position.since,
    )
    const whole =
      position.round === 'snapshot' ||
      state.settings.deltaMembers === 'complete' ||
      news.some((entry) => entry.change === 'created')
    if (whole) return { id, record: asRecord(group, 'complete'), edges: edgesOf(id, group.members, new Set()) }
    const members = new Map<string, { member: MemberKey; gone: boolean }>()
    for (const { joined = [], left: gone = [] } of news) {
      for (const member of joined) members.set(memberText(member), { member, gone: false })
      for (const member of gone) members.set(memberText(member), { member, gone: true })
    }
    const goneTexts = new Set([...members].flatMap(([text, { gone }]) => (gone ? [text] : [])))
    const changed = [...members.values()].map(({ member }) => member)
    return { id, record: asRecord(group, 'changes'), edges: edgesOf(id, changed, goneTexts) }
  })
}

function asRecord(group: ScriptedGroup, members: SourceGroup['members']): SourceGroup {
  const { id, name, references, attributes = {} } = group
  return { kind: 'group', id, name, attributes: { name, ...attributes }, members, ...(references && { references }) }
}

function edgesOf(groupId: string, members: readonly MemberKey[], gone: ReadonlySet<string>): GroupReading['edges'] {
  return members
    .map((member) => {
      const text = memberText(member)
      return { text, membership: { kind: 'membership' as const, groupId, member }, gone: gone.has(text) }
    })
    .sort((left, right) => (left.text < right.text ? -1 : 1))
}
