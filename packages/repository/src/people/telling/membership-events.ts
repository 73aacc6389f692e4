import { userIdsPerEventMax } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Transaction } from '../../database/transaction.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import type { MembershipChange } from '../settling/settle-memberships.ts'
import { toGroupView } from '../views/group-view.ts'
import { readGroups } from '../views/read-groups.ts'

/** Says which people joined and left which groups: by group, who left first; up to 1,000 of them an event. */
export async function appendMembershipEvents(tx: Transaction, changes: readonly MembershipChange[]): Promise<void> {
  const told = changes.filter(({ effect }) => effect === 'added' || effect === 'removed')
  if (told.length === 0) return
  const ofGroup = Map.groupBy(told, ({ group_id }) => group_id)
  for (const row of await readGroups(tx, [...ofGroup.keys()])) {
    const { reference: directory } = await directoryContext(tx, row.directory_id)
    const group = toGroupView(row)
    for (const effect of ['removed', 'added'] as const) {
      const ids = (ofGroup.get(row.group_id) ?? [])
        .filter((change) => change.effect === effect)
        .map(({ user_id }) => user_id)
      ids.sort()
      for (let from = 0; from < ids.length; from += userIdsPerEventMax) {
        const userIds = ids.slice(from, from + userIdsPerEventMax).map((id) => toTypeId('user', id))
        const data = { group, directory, userIds }
        tx.append([
          { type: `directory.group.user_${effect}`, directoryId: row.directory_id, subjectId: row.group_id, data },
        ])
      }
    }
  }
}
