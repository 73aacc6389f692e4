import { toTypeId } from '@muster/runtime/type-ids'
import { describeHold, type HoldReference, type LinkExplanation } from './explain-link.ts'
import type { GroupFacts } from './group-facts.ts'
import type { LinkFacts } from './link-facts.ts'
import { type Because, type ExplainReason, type Reasoned, type Reference, reasoned } from './reasons.ts'
import type { WaysUp } from './way-up.ts'

/** Whether a person is in a group, and how, or what is missing first. */
export interface GroupExplanation extends Reasoned {
  /** Null for a group that is only a name, which none has. */
  id: string | null
  name: string | null
  directoryId: string | null
  has: boolean
  /** The groups from the one the user of the directory is a member of up to this one; null when there is no way (any more). */
  way: Reference[] | null
  /** Where the end of the membership waits. */
  hold: HoldReference | null
  /** Why the user of the directory does not count, when that is what is missing. */
  because: Because[]
}

/** What is known about a person when its groups are explained. */
export interface Standing {
  state: 'active' | 'inactive'
  links: readonly LinkFacts[]
  explained: readonly LinkExplanation[]
  ways: WaysUp
}

export function explainGroup(group: GroupFacts, standing: Standing): GroupExplanation {
  const at = standing.links.findIndex((link) => link.directory_id === group.directory_id)
  const way = wayInto(group.group_id, standing.links[at], standing)
  const hold = group.is_member ? describeHold(group.hold ?? standing.links[at]?.hold ?? null) : null
  const reason = group.is_member ? reasonForMember(way, hold) : reasonForStranger(way, standing, standing.explained[at])
  return {
    id: toTypeId('group', group.group_id),
    name: group.name,
    directoryId: toTypeId('directory', group.directory_id),
    has: group.is_member,
    way,
    hold,
    because: reason === 'linkInactive' ? (standing.explained[at]?.reasons ?? []) : [],
    ...reasoned(reason),
  }
}

/** A group that there is not, by what it is asked for. */
export function unknownGroup(id: string | null, name: string | null, directoryId: string | null): GroupExplanation {
  return { id, name, directoryId, has: false, way: null, hold: null, because: [], ...reasoned('groupUnknown') }
}

function wayInto(groupId: string, link: LinkFacts | undefined, { ways }: Standing): Reference[] | null {
  return (link && ways.to(link.directory_user_id, groupId)) ?? null
}

function reasonForMember(way: readonly Reference[] | null, hold: HoldReference | null): ExplainReason {
  if (hold !== null) return 'removalHeld'
  if (way === null) return 'notSettledYet'
  return way.length === 1 ? 'member' : 'nestedMember'
}

function reasonForStranger(
  way: readonly Reference[] | null,
  { state }: Standing,
  link: LinkExplanation | undefined,
): ExplainReason {
  if (link === undefined) return 'notInDirectory'
  if (way === null) return 'notMember'
  if (!link.active) return 'linkInactive'
  return state === 'inactive' ? 'personInactive' : 'notSettledYet'
}
