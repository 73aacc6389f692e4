import type { Cause, EventType } from '@muster/events'
import { type AttributeChanges, attributeChanges } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import { pipelined } from '../database/pipelined.ts'
import type { Transaction } from '../database/transaction.ts'
import { type DirectoryReference, directoryReference } from '../organizations/directory-reference.ts'
import { dropLinks } from './drop-links.ts'
import { linkArrivals } from './link-arrivals.ts'
import { lockPeople } from './lock-people.ts'
import { type MergedRow, mergePeople } from './merge-people.ts'
import { moveClaims } from './move-claims.ts'
import { appendShiftedMemberships, type LeftMembership, type MembershipShift } from './shifted-memberships.ts'
import { toUserView, type UserRow } from './user-view.ts'

export interface SettledPerson {
  userId: string
  user: Record<string, unknown>
}

interface SettleOptions {
  /**
   * Whether the directory users were stored just now, by the statement sent before: new people are then made without a
   * merge. Ids that were not stored after all are passed over.
   */
  arrived?: boolean
  /** The memberships that a deletion took away before. */
  left?: readonly LeftMembership[]
  /** The requests behind the directory users, when several share the transaction. */
  causes?: ReadonlyMap<string, Cause | undefined>
}

/** What every event of one settlement shares. */
interface Settlement {
  tx: Transaction
  directoryId: string
  directory: DirectoryReference
  causes: ReadonlyMap<string, Cause | undefined>
}

/**
 * Makes the people layer agree with the directory layer for the given directory users of one directory, whether they
 * arrived, changed or are gone, and appends the events of what that changed. The only writer of people; it derives
 * everything from what is stored, so calling it again changes nothing. A few statements whatever the number, most of
 * them sent together. Answers with the person of each directory user.
 */
export async function settlePeople(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  options: SettleOptions = {},
): Promise<Map<string, SettledPerson>> {
  if (directoryUserIds.length === 0) return new Map()
  const settle = options.arrived ? settleArrivals : settleAll
  return settle(tx, directoryId, directoryUserIds, options)
}

/** Most arrivals are new people, and done with their link; those who turn out to be somebody already are merged. */
async function settleArrivals(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  options: SettleOptions,
): Promise<Map<string, SettledPerson>> {
  const [linked, directory] = await pipelined(
    linkArrivals(tx, directoryId, directoryUserIds),
    directoryReference(tx, directoryId),
  )
  const settlement = { tx, directoryId, directory, causes: options.causes ?? new Map() }
  const settled = new Map<string, SettledPerson>()
  for (const row of linked) {
    if (row.fresh) settled.set(row.directory_user_id, appendCreated(settlement, row))
  }
  const known = linked.filter((row) => !row.fresh).map((row) => row.directory_user_id)
  if (known.length === 0) return settled
  return new Map([...settled, ...(await settleAll(tx, directoryId, known, options))])
}

async function settleAll(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  options: SettleOptions,
): Promise<Map<string, SettledPerson>> {
  const [linked, , merged, directory] = await pipelined(
    linkArrivals(tx, directoryId, directoryUserIds),
    lockPeople(tx, directoryId, directoryUserIds),
    mergePeople(tx, directoryId, directoryUserIds),
    directoryReference(tx, directoryId),
  )
  await pipelined(dropLinks(tx, directoryId, merged), moveClaims(tx, merged))
  await appendShiftedMemberships(tx, directoryId, membershipShifts(merged), options.left ?? [])
  const settlement = { tx, directoryId, directory, causes: options.causes ?? new Map() }
  const fresh = new Set(linked.filter((row) => row.fresh).map((row) => row.linked_user_id))
  const settled = new Map<string, SettledPerson>()
  for (const row of merged) {
    const append = fresh.has(row.user_id) ? appendCreated : appendChanged
    settled.set(row.directory_user_id, append(settlement, row))
  }
  return settled
}

function membershipShifts(merged: readonly MergedRow[]): MembershipShift[] {
  return merged
    .filter((row) => row.before_state === 'active' && row.state === 'active')
    .filter((row) => row.before_link_active !== row.link_active)
    .map((row) => ({
      directoryUserId: row.directory_user_id,
      userId: row.user_id,
      effect: row.link_active ? 'added' : 'removed',
    }))
}

/** Appends an event about a person, caused by what happened to one of its directory users. */
function appendEvent(
  { tx, directoryId, directory, causes }: Settlement,
  row: { directory_user_id: string },
  person: SettledPerson,
  type: EventType,
  more: Record<string, unknown> = {},
): void {
  const data = { user: person.user, directory, ...more }
  tx.append([{ type, directoryId, subjectId: person.userId, data, cause: causes.get(row.directory_user_id) }])
}

function appendCreated(settlement: Settlement, row: UserRow & { directory_user_id: string }): SettledPerson {
  const person = { userId: row.user_id, user: toUserView(row) }
  appendEvent(settlement, row, person, 'directory.user.created')
  return person
}

function appendChanged(settlement: Settlement, row: MergedRow): SettledPerson {
  const person = { userId: row.user_id, user: toUserView(row) }
  const append = (type: EventType, more?: Record<string, unknown>) => appendEvent(settlement, row, person, type, more)
  if (row.lost && !row.held) {
    append('directory.user.deleted')
    return person
  }
  if (row.state !== row.before_state) {
    append(row.state === 'active' ? 'directory.user.reactivated' : 'directory.user.deactivated')
  }
  const changes = personChanges(row)
  if (Object.keys(changes).length > 0) append('directory.user.updated', { changes })
  return person
}

/** What differs besides the state: attributes, and which directory the person now comes from. */
function personChanges(row: MergedRow): AttributeChanges {
  const changes = attributeChanges(row.before_attributes, row.attributes)
  if (row.before_directory_id !== row.directory_id) {
    const typeId = (id: string | null) => id && toTypeId('directory', id)
    changes.directoryId = { from: typeId(row.before_directory_id), to: typeId(row.directory_id) }
  }
  if (row.before_idp_id !== row.idp_id) changes.idpId = { from: row.before_idp_id, to: row.idp_id }
  return changes
}
