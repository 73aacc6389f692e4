import { type EventType, userIdsPerEventMax } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'
import { directoryReference } from '../organizations/directory-reference.ts'
import { type GroupRow, toGroupView } from './group-view.ts'

interface OwnEvent {
  type: EventType
  changes?: Record<string, unknown>
}

/** Appends what became of one group: its own event first, then who left, then who joined (ids of persons). */
export async function appendGroupEvents(
  tx: Transaction,
  row: GroupRow,
  members: { userIds(effect: 'added' | 'removed'): readonly string[] },
  own: OwnEvent | undefined,
): Promise<void> {
  const group = toGroupView(row)
  const directory = await directoryReference(tx, row.directory_id)
  const { directory_id: directoryId, directory_group_id: subjectId } = row
  const append = (type: EventType, data: Record<string, unknown>) =>
    tx.append([{ type, directoryId, subjectId, data: { group, directory, ...data } }])
  if (own !== undefined) append(own.type, own.changes === undefined ? {} : { changes: own.changes })
  for (const effect of ['removed', 'added'] as const) {
    const ids = members.userIds(effect)
    for (let from = 0; from < ids.length; from += userIdsPerEventMax) {
      const userIds = ids.slice(from, from + userIdsPerEventMax).map((id) => toTypeId('user', id))
      append(`directory.group.user_${effect}`, { userIds })
    }
  }
}
