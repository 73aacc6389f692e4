import type { Cause } from '@muster/events'
import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { appendCreated, type SettledPerson } from '../telling/person-events.ts'
import { viewPeople } from '../views/view-people.ts'
import { peopleByIds } from './concerned.ts'
import type { LinkedRow } from './link-arrivals.ts'
import { settleMemberships } from './settle-memberships.ts'
import { settleRoles } from './settle-roles.ts'

/** Somebody new, whom nothing but its groups and roles is left to derive for: there is nothing to merge. */
export function isNewcomer(row: LinkedRow): row is LinkedRow & { fresh: true } {
  return row.fresh && row.attributes.managerKey === undefined
}

/**
 * Gives people who came into being just now the groups and roles that their directory users brought along, and says that
 * they are there.
 */
export async function settleNewcomers(
  tx: Transaction,
  directoryId: string,
  newcomers: readonly LinkedRow[],
  { hasRoleMappings }: DirectorySettings,
  causes: ReadonlyMap<string, Cause | undefined> = new Map(),
): Promise<Map<string, SettledPerson>> {
  if (newcomers.length === 0) return new Map()
  const people = peopleByIds(newcomers.map((row) => row.linked_user_id))
  const [memberships, , views, { reference: directory }] = await pipelined(
    settleMemberships(tx, people, undefined),
    hasRoleMappings ? settleRoles(tx, people) : Promise.resolve([]),
    viewPeople(tx, people),
    directoryContext(tx, directoryId),
  )
  tx.count(directoryId, 'memberships', memberships.length)
  const settled = new Map<string, SettledPerson>()
  for (const { directory_user_id: id, linked_user_id: userId } of newcomers) {
    const row = views.get(userId)
    if (row !== undefined) settled.set(id, appendCreated({ tx, directoryId, directory, cause: causes.get(id) }, row))
  }
  return settled
}
