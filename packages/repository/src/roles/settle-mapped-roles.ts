import { pipelined } from '../database/pipelined.ts'
import type { Transaction } from '../database/transaction.ts'
import { peopleByIds } from '../people/settling/concerned.ts'
import { lockPeople } from '../people/settling/lock-people.ts'
import { settleRoles } from '../people/settling/settle-roles.ts'
import { tellRoles } from './tell-roles.ts'

/** Makes the roles of people those of the mappings as they are now, and says what that changed. */
export async function settleMappedRoles(tx: Transaction, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return
  const people = peopleByIds(userIds)
  const [, rows] = await pipelined(lockPeople(tx, people), settleRoles(tx, people))
  const changed = new Set(rows.filter((row) => row.effect !== 'had').map((row) => row.user_id))
  if (changed.size > 0) await tellRoles(tx, peopleByIds([...changed]), rows)
}
