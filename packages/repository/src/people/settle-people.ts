import type { EventType } from '@muster/events'
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
  return options.arrived
    ? settleArrivals(tx, directoryId, directoryUserIds)
    : settleAll(tx, directoryId, directoryUserIds, options.left ?? [])
}

/** Most arrivals are new people, and done with their link; those who turn out to be somebody already are merged. */
async function settleArrivals(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<Map<string, SettledPerson>> {
  const [linked, directory] = await pipelined(
    linkArrivals(tx, directoryId, directoryUserIds),
    directoryReference(tx, directoryId),
  )
  const settled = new Map<string, SettledPerson>()
  for (const row of linked) {
    if (row.fresh) settled.set(row.directory_user_id, appendCreated(tx, directoryId, directory, row))
  }
  const known = linked.filter((row) => !row.fresh).map((row) => row.directory_user_id)
  if (known.length === 0) return settled
  return new Map([...settled, ...(await settleAll(tx, directoryId, known, []))])
}

async function settleAll(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  left: readonly LeftMembership[],
): Promise<Map<string, SettledPerson>> {
  const [linked, , merged, directory] = await pipelined(
    linkArrivals(tx, directoryId, directoryUserIds),
    lockPeople(tx, directoryId, directoryUserIds),
    mergePeople(tx, directoryId, directoryUserIds),
    directoryReference(tx, directoryId),
  )
  await pipelined(dropLinks(tx, directoryId, merged), moveClaims(tx, merged))
  await appendShiftedMemberships(tx, directoryId, membershipShifts(merged), left)
  const fresh = new Set(linked.filter((row) => row.fresh).map((row) => row.linked_user_id))
  const settled = new Map<string, SettledPerson>()
  for (const row of merged) {
    const person = fresh.has(row.user_id)
      ? appendCreated(tx, directoryId, directory, row)
      : appendChanged(tx, directoryId, directory, row)
    settled.set(row.directory_user_id, person)
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

function appendCreated(
  tx: Transaction,
  directoryId: string,
  directory: DirectoryReference,
  row: UserRow,
): SettledPerson {
  const person = { userId: row.user_id, user: toUserView(row) }
  const data = { user: person.user, directory }
  tx.append([{ type: 'directory.user.created', directoryId, subjectId: person.userId, data }])
  return person
}

function appendChanged(
  tx: Transaction,
  directoryId: string,
  directory: DirectoryReference,
  row: MergedRow,
): SettledPerson {
  const person = { userId: row.user_id, user: toUserView(row) }
  const append = (type: EventType, more: Record<string, unknown> = {}) => {
    const data = { user: person.user, directory, ...more }
    tx.append([{ type, directoryId, subjectId: person.userId, data }])
  }
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
