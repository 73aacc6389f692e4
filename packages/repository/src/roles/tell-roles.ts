import type { Transaction } from '../database/transaction.ts'
import type { People } from '../people/settling/concerned.ts'
import type { RoleRow } from '../people/settling/settle-roles.ts'
import { appendPersonEvents } from '../people/telling/person-events.ts'
import { roleChanges } from '../people/telling/role-changes.ts'
import { unmerged } from '../people/telling/unmerged.ts'
import { viewPeople } from '../people/views/view-people.ts'

/**
 * Appends the events of roles that administrators changed, by hand or by a mapping: no directory said so. Answers with the
 * people as they are now, changed or not.
 */
export async function tellRoles(
  tx: Transaction,
  people: People,
  rows: readonly RoleRow[],
): Promise<Map<string, Record<string, unknown>>> {
  const views = await viewPeople(tx, people)
  const changes = roleChanges(rows)
  const about = { tx, directoryId: null, directory: null }
  return new Map(
    [...views].map(([userId, row]) => {
      const known = { isFresh: false, isLost: false, roles: changes.get(userId) }
      return [userId, appendPersonEvents(about, unmerged(row), known).user]
    }),
  )
}
