import { type Batch, emptyBatch, take } from '../batch.ts'
import { isRemoved, onceEach, relatedIn } from './annotations.ts'
import type { GraphObject } from './graph-page.ts'
import { hidesMembers, toGroup, toMembership } from './group-record.ts'
import type { Tracking } from './tracking.ts'
import { wholeObjects } from './whole-objects.ts'

/**
 * The groups of a page with what it says of their members. A large group comes again and again, each time with others of them: a
 * first round tells of all members in the end, every other one of those who joined or left.
 */
export async function changedGroups(tracking: Tracking, objects: readonly GraphObject[]): Promise<Batch> {
  const batch = emptyBatch()
  const each = onceEach(objects)
  const isPart = (object: GraphObject) => tracking.round === 'delta' || object.displayName === undefined
  const parts = each.filter((object) => !isRemoved(object) && isPart(object)).map(({ id }) => id)
  const whole = await wholeObjects(tracking.graph, 'groups', parts)
  for (const said of each) {
    if (isRemoved(said)) {
      batch.remove.push({ kind: 'group', id: said.id })
      continue
    }
    const object = { ...whole.get(said.id), ...said }
    const members = relatedIn(said, 'members') ?? []
    take(batch, toGroup(object, meaningOf(object, members.length === 0, tracking)))
    // The last word on each of them.
    for (const member of new Map(members.map((one) => [one.id, one])).values()) {
      batch[member.isRemoved ? 'remove' : 'upsert'].push(...toMembership(said.id, member))
    }
  }
  return batch
}

/** Of a group that hides its members, one page that shows none is enough: nobody knows who would have been on it. */
function meaningOf(object: GraphObject, showsNobody: boolean, { round, silent, isResumed }: Tracking) {
  if (round === 'delta') return 'changes'
  if (hidesMembers(object) && showsNobody) silent.add(object.id)
  return silent.has(object.id) || (hidesMembers(object) && isResumed) ? 'unread' : 'complete'
}
