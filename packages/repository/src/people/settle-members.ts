import { newUuid } from '@muster/runtime/type-ids'
import { pipelined } from '../database/pipelined.ts'
import type { Transaction } from '../database/transaction.ts'
import type { MemberChanges } from '../directory-groups/member-changes.ts'
import type { StoredGroup } from '../directory-groups/stored-group.ts'
import type { GuardMode } from '../holds/guard-mode.ts'
import { lockWindow } from '../holds/window.ts'
import { directoryContext } from '../organizations/directory-reference.ts'
import { type DirectorySettings, settingsOf } from '../settings/directory-settings.ts'
import { namesGroup } from '../settings/group-filter.ts'
import { peopleBehind } from './concerned.ts'
import { concludeRound } from './conclude-round.ts'
import { leftHoldsOf, personOf } from './derive-round.ts'
import { lockPeopleBehind } from './lock-people.ts'
import { settleMemberships } from './settle-memberships.ts'
import { settlePeople } from './settle-people.ts'
import { settleRoles } from './settle-roles.ts'
import type { UserRow } from './user-view.ts'
import { usersBelow } from './users-below.ts'
import { viewPeople } from './view-people.ts'

/** A group that people see differently now. */
interface Renaming {
  before: StoredGroup
  group: StoredGroup
}

/**
 * Takes what changed in the members of groups to the people: their groups, the roles that follow, and, where filters ask
 * for groups, whether they count at all. Removals of memberships are judged as pushed, unless `mode` says otherwise.
 */
export async function settleMembers(
  tx: Transaction,
  directoryId: string,
  members: MemberChanges | readonly string[],
  options: { renaming?: Renaming | undefined; mode?: GuardMode } = {},
): Promise<void> {
  const settings = await settingsOf(tx, directoryId)
  const concerned = await concernedUsers(tx, directoryId, members, settings, options.renaming)
  if (concerned.length === 0) return
  const mode = options.mode ?? { kind: 'window', freshHoldId: newUuid() }
  if (settings.groupFilters.length > 0) {
    await settlePeople(tx, directoryId, concerned, { memberships: options.mode ?? 'asUsers' })
    return
  }
  const people = peopleBehind(tx.organizationId, directoryId, concerned)
  const none = Promise.resolve([])
  const [linked, , memberships, roles, views, { reference }] = await pipelined(
    lockPeopleBehind(tx, directoryId, concerned),
    mode.kind === 'window' && mayRemove(members) ? lockWindow(tx, directoryId) : none,
    settleMemberships(tx, people, { directoryId, limits: settings.guard.memberships, mode }),
    settings.hasRoleMappings ? settleRoles(tx, people) : none,
    settings.hasRoleMappings ? viewPeople(tx, people) : Promise.resolve(new Map<string, UserRow>()),
    directoryContext(tx, directoryId),
  )
  await concludeRound(tx, directoryId, {
    mode,
    membershipMode: mode,
    directory: reference,
    personOf: personOf(linked),
    unlinked: [],
    turned: [],
    merged: undefined,
    memberships,
    roles,
    views,
    fresh: new Set(),
    leftHolds: leftHoldsOf(memberships),
  })
}

function mayRemove(members: MemberChanges | readonly string[]): boolean {
  return !('changed' in members) || members.removes
}

/** Directory users below what changed; of a renamed group all, when its name decides about anything. */
async function concernedUsers(
  tx: Transaction,
  directoryId: string,
  members: MemberChanges | readonly string[],
  { groupFilters, hasRoleMappings }: DirectorySettings,
  renaming: Renaming | undefined,
): Promise<string[]> {
  if (!('changed' in members)) return [...members]
  const names = renaming === undefined ? [] : [renaming.before.displayNameKey, renaming.group.displayNameKey]
  const decides = names.some((name) => hasRoleMappings || namesGroup(groupFilters, name))
  const groupIds = [...members.childGroupIds, ...(decides && renaming ? [renaming.group.directoryGroupId] : [])]
  return [...new Set([...members.directoryUserIds, ...(await usersBelow(tx, directoryId, groupIds))])]
}
