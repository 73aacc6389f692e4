import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import type { Transaction } from '../database/transaction.ts'
import { appendGroupEvents } from '../directory-groups/append-group-events.ts'
import { type GroupRow, groupRowColumns } from '../directory-groups/group-view.ts'

/** A directory user whose groups an active person gained or lost, while the person itself stayed active. */
export interface MembershipShift {
  directoryUserId: string
  userId: string
  effect: 'added' | 'removed'
}

/** A membership that is gone already with its directory user. */
export interface LeftMembership {
  directory_user_id: string
  directory_group_id: string
}

/**
 * Says which groups people gained or lost because one of their directory users was deactivated, reactivated or deleted
 * while another one keeps them active: no event of the person itself tells. `left` are the memberships of the deleted
 * ones. Two statements whatever the number; none when there is no shift.
 */
export async function appendShiftedMemberships(
  tx: Transaction,
  directoryId: string,
  shifts: readonly MembershipShift[],
  left: readonly LeftMembership[],
): Promise<void> {
  if (shifts.length === 0) return
  const shiftOf = new Map(shifts.map((shift) => [shift.directoryUserId, shift]))
  const { rows: kept } = await sql<LeftMembership>`
    SELECT directory_user_id, directory_group_id FROM memberships
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND ${anyOf('directory_user_id', [...shiftOf.keys()])}`.execute(tx.db)
  const shiftsOfGroup = new Map<string, MembershipShift[]>()
  for (const { directory_user_id, directory_group_id } of [...kept, ...left]) {
    const shift = shiftOf.get(directory_user_id)
    if (shift === undefined) continue
    const ofGroup = shiftsOfGroup.get(directory_group_id) ?? []
    shiftsOfGroup.set(directory_group_id, ofGroup)
    ofGroup.push(shift)
  }
  for (const row of await readGroups(tx, directoryId, [...shiftsOfGroup.keys()])) {
    const ofGroup = shiftsOfGroup.get(row.directory_group_id) ?? []
    const userIds = (effect: MembershipShift['effect']) =>
      ofGroup
        .filter((shift) => shift.effect === effect)
        .map((shift) => shift.userId)
        .sort()
    await appendGroupEvents(tx, row, { userIds }, undefined)
  }
}

async function readGroups(tx: Transaction, directoryId: string, ids: readonly string[]): Promise<GroupRow[]> {
  if (ids.length === 0) return []
  return tx.db
    .selectFrom('directory_groups')
    .select(groupRowColumns)
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where(({ eb }) => eb('directory_group_id', '=', sql<string>`ANY(${ids}::uuid[])`))
    .orderBy('directory_group_id')
    .execute()
}
