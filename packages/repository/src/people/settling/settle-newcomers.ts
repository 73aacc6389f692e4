import type { Cause } from '@muster/events'
import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { appendCreated, type SettledPerson } from '../telling/person-events.ts'
import { readGroupNames } from '../views/read-groups.ts'
import { viewPeople } from '../views/view-people.ts'
import { peopleByIds } from './concerned.ts'
import type { LinkedRow } from './link-arrivals.ts'
import { type MembershipChange, settleMemberships } from './settle-memberships.ts'
import { settleRoles } from './settle-roles.ts'

type Newcomer = LinkedRow & { fresh: true }

/** Somebody new, whom nothing but its groups and roles is left to derive for: there is nothing to merge. */
export function isNewcomer(row: LinkedRow): row is Newcomer {
  return row.fresh && row.attributes.managerKey === undefined
}

/**
 * Gives people who came into being just now the groups and roles that their directory users brought along, and says that
 * they are there.
 */
export async function settleNewcomers(
  tx: Transaction,
  directoryId: string,
  newcomers: readonly Newcomer[],
  { hasRoleMappings }: DirectorySettings,
  causes: ReadonlyMap<string, Cause | undefined> = new Map(),
): Promise<Map<string, SettledPerson>> {
  if (newcomers.length === 0) return new Map()
  const people = peopleByIds(newcomers.map((row) => row.linked_user_id))
  const [memberships, , views, { reference: directory }] = await pipelined(
    settleMemberships(tx, people, undefined),
    hasRoleMappings ? settleRoles(tx, people) : Promise.resolve([]),
    hasRoleMappings ? viewPeople(tx, people) : Promise.resolve(undefined),
    directoryContext(tx, directoryId),
  )
  tx.count(directoryId, 'memberships', memberships.length)
  const groups = views === undefined ? await groupsOf(tx, memberships) : undefined
  const settled = new Map<string, SettledPerson>()
  for (const newcomer of newcomers) {
    const { directory_user_id: id, linked_user_id: userId } = newcomer
    const row = views === undefined ? { ...newcomer, groups: groups?.get(userId) ?? null } : views.get(userId)
    if (row !== undefined) settled.set(id, appendCreated({ tx, directoryId, directory, cause: causes.get(id) }, row))
  }
  return settled
}

/** The groups of people who were in none, in the order in which people show them. */
async function groupsOf(
  tx: Transaction,
  memberships: readonly MembershipChange[],
): Promise<Map<string, { id: string; name: string }[]>> {
  const membersOf = Map.groupBy(memberships, ({ group_id }) => group_id)
  const groups = new Map<string, { id: string; name: string }[]>()
  if (membersOf.size === 0) return groups
  for (const group of await readGroupNames(tx, [...membersOf.keys()])) {
    for (const { user_id: userId } of membersOf.get(group.id) ?? []) {
      const own = groups.get(userId) ?? []
      groups.set(userId, own)
      own.push(group)
    }
  }
  return groups
}
