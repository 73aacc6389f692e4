import type { RecordProblem } from '../page.ts'
import type { SourceGroup, SourceMembership } from '../source-record.ts'
import type { Related } from './annotations.ts'
import { documentOf } from './document.ts'
import type { GraphObject } from './graph-page.ts'

/** Members that are people, or have some in them: devices and apps have no place in a directory of people. */
const memberTypes: ReadonlySet<string> = new Set(['#microsoft.graph.user', '#microsoft.graph.group'])

/** A group of Graph, and what this round says of its members. */
export function toGroup(object: GraphObject, members: SourceGroup['members']): SourceGroup | RecordProblem {
  const { id, displayName } = object
  if (typeof displayName !== 'string' || displayName.trim() === '') {
    const detail = 'The group has no displayName that can be read.'
    return { key: { kind: 'group', id }, code: 'groupNameMissing', detail }
  }
  return { kind: 'group', id, name: displayName, attributes: documentOf(object), members }
}

/** Whether Graph shows the members to nobody but apps with Member.Read.Hidden: to others it looks empty. */
export function hidesMembers({ visibility }: GraphObject): boolean {
  return visibility === 'HiddenMembership'
}

/** The membership of somebody; none when it is neither a user nor a group. Of who left the type is not always said. */
export function toMembership(groupId: string, { id, type }: Related): SourceMembership[] {
  if (type !== undefined && !memberTypes.has(type)) return []
  return [{ kind: 'membership', groupId, member: { id } }]
}
