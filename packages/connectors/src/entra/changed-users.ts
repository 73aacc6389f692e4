import { type Batch, emptyBatch, take } from '../batch.ts'
import { expandedId, isRemoved, onceEach, type Related, relatedIn } from './annotations.ts'
import type { GraphObject } from './graph-page.ts'
import type { Tracking } from './tracking.ts'
import { isGuest, toUser } from './user-record.ts'
import { wholeObjects } from './whole-objects.ts'

/**
 * The users of a page. A page may say only what has changed of a user, and tells of a manager only when that one has changed; such users
 * are read by their id, for a record is all that is known of somebody. What the page says counts more: the other answer may come
 * from a place that does not know of the change yet.
 */
export async function changedUsers(tracking: Tracking, objects: readonly GraphObject[]): Promise<Batch> {
  const { graph, config } = tracking
  const batch = emptyBatch()
  const each = onceEach(objects)
  const parts = each.filter((object) => !isRemoved(object) && isPart(object, tracking)).map(({ id }) => id)
  const whole = await wholeObjects(graph, 'users', parts)
  for (const said of each) {
    const object = { ...whole.get(said.id), ...said }
    const managers = relatedIn(said, 'manager')
    if (managers !== undefined) tracking.told.add(said.id)
    const isOut = isRemoved(said) || (isGuest(object) && config.includeGuests === false)
    if (isOut) batch.remove.push({ kind: 'user', id: said.id })
    else take(batch, toUser(object, remainingId(managers ?? [], expandedId(object))))
  }
  return batch
}

/** Of a change nobody can tell whether what is not said has no value or has not changed; nor of whoever comes again. */
function isPart(object: GraphObject, { round, told, isResumed }: Tracking): boolean {
  if (round === 'delta' || object.userPrincipalName === undefined || object.accountEnabled === undefined) return true
  const managers = relatedIn(object, 'manager')
  if (managers === undefined) return isResumed || told.has(object.id)
  return managers.every(({ isRemoved }) => isRemoved)
}

/**
 * Who is the manager when one came and another left, in whatever order that is said. Where it is only said who left, the other one may
 * have been told of on another page: it is who the user was `known` to have, unless it is that very one.
 */
function remainingId(managers: readonly Related[], known: string | undefined): string | undefined {
  const lastWords = new Map(managers.map((manager) => [manager.id, manager]))
  const came = [...lastWords.values()].findLast((manager) => !manager.isRemoved)
  if (came !== undefined) return came.id
  return known !== undefined && lastWords.has(known) ? undefined : known
}
