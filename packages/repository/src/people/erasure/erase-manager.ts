import { sql } from 'kysely'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { peopleByIds } from '../settling/concerned.ts'
import { mergePeople } from '../settling/merge-people.ts'
import { moveClaims } from '../settling/move-claims.ts'
import { appendPersonEvents } from '../telling/person-events.ts'

/** The people whose manager this is. */
export async function reportsOf(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT user_id FROM users WHERE organization_id = ${tx.organizationId} AND manager_id = ${userId}`,
  )
  return rows.map((row) => row.user_id)
}

/** Takes a manager who is going to be erased away from these people, with their events. They are locked already. */
export async function forgetManager(tx: Transaction, managerId: string, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return
  const people = peopleByIds(userIds)
  const [left, merged] = await pipelined(
    send(
      tx.db,
      sql<{ user_id: string }>`
      UPDATE users SET manager_id = NULL, updated_at = now()
      WHERE organization_id = ${tx.organizationId} AND manager_id = ${managerId}
        AND user_id = ANY(ARRAY(SELECT user_id FROM (${people}) asked)) RETURNING user_id`,
    ),
    mergePeople(tx, people),
  )
  await moveClaims(tx, merged)
  const gone = new Set(left.map((row) => row.user_id))
  for (const row of merged) {
    const before = gone.has(row.user_id) ? managerId : row.before_manager_id
    const known = { isFresh: false, isLost: false, roles: undefined }
    appendPersonEvents({ tx, directoryId: null, directory: null }, { ...row, before_manager_id: before }, known)
  }
}
