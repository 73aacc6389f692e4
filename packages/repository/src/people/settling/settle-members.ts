import { newUuid } from '@muster/runtime/type-ids'
import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { MemberChanges } from '../../directory-groups/member-changes.ts'
import type { StoredGroup } from '../../directory-groups/stored-group.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { type DirectorySettings, settingsOf } from '../../settings/directory-settings.ts'
import { namesGroup } from '../../settings/group-filter.ts'
import { lockUnlinked } from './lock-unlinked.ts'
import { settleMembersBehind } from './settle-members-of.ts'
import { settlePeople } from './settle-people.ts'
import { usersBelow } from './users-below.ts'

/** A group that people see differently now. */
interface Renaming {
  before: StoredGroup
  group: StoredGroup
}

/** The group whose members changed, locked by the caller. */
type LockedGroup = Pick<StoredGroup, 'directoryId' | 'directoryGroupId'>

/**
 * Takes what changed in the members of a group to the people: their groups, the roles that follow, and, where filters ask
 * for groups, whether they count at all. Removals of memberships are judged as pushed, unless `mode` says otherwise.
 */
export async function settleMembers(
  tx: Transaction,
  locked: LockedGroup,
  members: MemberChanges | readonly string[],
  options: { renaming?: Renaming | undefined; mode?: GuardMode } = {},
): Promise<void> {
  const { directoryId } = locked
  const settings = await settingsOf(tx, directoryId)
  const concerned = await concernedUsers(tx, locked, members, settings, options.renaming)
  if (concerned.length === 0) return
  const mode = options.mode ?? { kind: 'window', freshHoldId: newUuid() }
  const unlinked = lockUnlinked(tx, directoryId, concerned)
  if (settings.groupFilters.length === 0) {
    await pipelined(unlinked, settleMembersBehind(tx, directoryId, concerned, { mode, removes: mayRemove(members) }))
    return
  }
  // Whoever is filtered out because of what waits, waits as well.
  const guard = mode.kind === 'hold' ? { guard: mode } : {}
  await pipelined(
    unlinked,
    settlePeople(tx, directoryId, concerned, { ...guard, memberships: options.mode ?? 'asUsers' }),
  )
}

function mayRemove(members: MemberChanges | readonly string[]): boolean {
  return !('changed' in members) || members.removes
}

/** Directory users below what changed; of a renamed group all, when its name decides about anything. */
async function concernedUsers(
  tx: Transaction,
  { directoryId, directoryGroupId }: LockedGroup,
  members: MemberChanges | readonly string[],
  { groupFilters, hasRoleMappings }: DirectorySettings,
  renaming: Renaming | undefined,
): Promise<string[]> {
  if (!('changed' in members)) return [...members]
  const names = renaming === undefined ? [] : [renaming.before.displayNameKey, renaming.group.displayNameKey]
  const decides = names.some((name) => hasRoleMappings || namesGroup(groupFilters, name))
  const groupIds = [...members.childGroupIds, ...(decides ? [directoryGroupId] : [])]
  const below = await usersBelow(tx, directoryId, groupIds, directoryGroupId)
  return [...new Set([...members.directoryUserIds, ...below])]
}
