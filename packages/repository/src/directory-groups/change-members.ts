import type { MemberStep } from '@muster/scim'
import type { Transaction } from '../database/transaction.ts'
import { memberCondition } from '../filters/member-condition.ts'
import { MemberChanges } from './member-changes.ts'
import { addMembers, type LockedGroup, removeMembers, removeMembersWhere, replaceMembers } from './members.ts'

/**
 * Applies the member steps of a PATCH or PUT to a locked group, in order: one statement a step, whatever the number of
 * members in the step or in the group, and no member list is ever loaded. Answers with the net change, which
 * finishDirectoryGroup takes to the people.
 */
export async function changeMembers(
  tx: Transaction,
  group: LockedGroup,
  steps: readonly MemberStep[],
): Promise<MemberChanges> {
  const changes = new MemberChanges()
  for (const step of steps) {
    switch (step.kind) {
      case 'add':
        changes.note('added', await addMembers(tx, group, step.ids))
        break
      case 'remove':
        changes.note('removed', await removeMembers(tx, group, step.ids))
        break
      case 'removeWhere':
        changes.note('removed', await removeMembersWhere(tx, group, memberCondition(step.filter)))
        break
      case 'replace': {
        const { added, removed } = await replaceMembers(tx, group, step.ids)
        changes.note('removed', removed)
        changes.note('added', added)
      }
    }
  }
  return changes
}
