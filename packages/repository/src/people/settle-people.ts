import type { EventType } from '@muster/events'
import { type AttributeChanges, attributeChanges } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import { pipelined } from '../database/pipelined.ts'
import type { Transaction } from '../database/transaction.ts'
import { type DirectoryReference, directoryReference } from '../organizations/directory-reference.ts'
import { linkArrivals } from './link-arrivals.ts'
import { lockPeople, type MergedRow, mergePeople } from './merge-people.ts'
import { appendShiftedMemberships, type LeftMembership, type MembershipShift } from './shifted-memberships.ts'
import { toUserView } from './user-view.ts'

export interface SettledPerson {
  userId: string
  user: Record<string, unknown>
}

/**
 * Makes the people layer agree with the directory layer for the given directory users of one directory, whether they
 * arrived, changed or are gone, and appends the events of what that changed. The only writer of people; it derives
 * everything from what is stored, so calling it again changes nothing. Three statements whatever the number, sent
 * together, and two more when groups come or go with a directory user whose person stays active; `left` are the
 * memberships that a deletion took away before. Answers with the person of each directory user.
 */
export async function settlePeople(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  left: readonly LeftMembership[] = [],
): Promise<Map<string, SettledPerson>> {
  if (directoryUserIds.length === 0) return new Map()
  const [fresh, , merged, directory] = await pipelined(
    linkArrivals(tx, directoryId, directoryUserIds),
    lockPeople(tx, directoryId, directoryUserIds),
    mergePeople(tx, directoryId, directoryUserIds),
    directoryReference(tx, directoryId),
  )
  await appendShiftedMemberships(tx, directoryId, membershipShifts(merged), left)
  const settled = new Map<string, SettledPerson>()
  for (const row of merged) {
    const person = { userId: row.user_id, user: toUserView(row) }
    appendPersonEvents(tx, directoryId, directory, row, person, fresh.has(row.user_id))
    for (const id of row.directory_user_ids) settled.set(id, person)
  }
  return settled
}

function membershipShifts(merged: readonly MergedRow[]): MembershipShift[] {
  return merged
    .filter((row) => row.before_state === 'active' && row.state === 'active')
    .filter((row) => row.before_link_active !== row.link_active)
    .flatMap((row) =>
      row.directory_user_ids.map((directoryUserId) => ({
        directoryUserId,
        userId: row.user_id,
        effect: row.link_active ? ('added' as const) : ('removed' as const),
      })),
    )
}

function appendPersonEvents(
  tx: Transaction,
  directoryId: string,
  directory: DirectoryReference,
  row: MergedRow,
  { userId, user }: SettledPerson,
  fresh: boolean,
): void {
  const append = (type: EventType, data: Record<string, unknown> = {}) =>
    tx.append([{ type, directoryId, subjectId: userId, data: { user, directory, ...data } }])
  if (fresh) {
    append('directory.user.created')
    return
  }
  if (row.lost && !row.held) {
    append('directory.user.deleted')
    return
  }
  if (row.state !== row.before_state) {
    append(row.state === 'active' ? 'directory.user.reactivated' : 'directory.user.deactivated')
  }
  const changes = personChanges(row)
  if (Object.keys(changes).length > 0) append('directory.user.updated', { changes })
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
