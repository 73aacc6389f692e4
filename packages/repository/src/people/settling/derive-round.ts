import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { lockWindow } from '../../holds/window.ts'
import { type DirectoryReference, directoryContext } from '../../organizations/directory-reference.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import type { UserRow } from '../views/user-view.ts'
import { viewPeople } from '../views/view-people.ts'
import { peopleBehind, peopleByIds } from './concerned.ts'
import { type LinkedUser, lockPeopleBehind } from './lock-people.ts'
import { type MergedRow, mergePeople } from './merge-people.ts'
import { type MembershipChange, settleMemberships } from './settle-memberships.ts'
import { type RoleRow, settleRoles } from './settle-roles.ts'
import { type AskedUser, type TurnedLink, turnLinks } from './turn-links.ts'

/** What one pass over users of a directory made of their people; nothing is said of it yet. */
export interface Round {
  mode: GuardMode
  /** Undefined: removals of memberships follow from what was judged. */
  membershipMode: GuardMode | undefined
  directory: DirectoryReference | null
  /** Directory user → person, for those who have one. */
  personOf: ReadonlyMap<string, string>
  /** Directory users without a person. */
  unlinked: readonly string[]
  turned: readonly TurnedLink[]
  /** Undefined when nobody's links changed, so that there was nothing to merge. */
  merged: readonly MergedRow[] | undefined
  memberships: readonly MembershipChange[]
  roles: readonly RoleRow[]
  /** People as they are now, when more than the merge changed them. */
  views: ReadonlyMap<string, UserRow>
  /** People who came into being just now. */
  fresh: ReadonlySet<string>
  /** Holds out of which something went. */
  leftHolds: readonly string[]
}

interface RoundOptions {
  shifting: boolean
  ending: boolean
  mode: GuardMode
  membershipMode: GuardMode | undefined
  quiet: boolean
  managers: boolean
}

/**
 * Locks the people behind the directory users, then links, people, memberships and roles, each by one statement; all are
 * sent together. What cannot have changed is not asked for. A quiet round is one over many, most of whom do not change: it
 * reads those who did, behind all the rest.
 */
export async function deriveRound(
  tx: Transaction,
  directoryId: string,
  asked: readonly AskedUser[],
  settings: DirectorySettings,
  { shifting, ending, mode, membershipMode, quiet, managers }: RoundOptions,
): Promise<Round> {
  const ids = asked.map(({ id }) => id)
  const people = peopleBehind(tx.organizationId, directoryId, ids)
  const guard = membershipMode && { directoryId, limits: settings.guard.memberships, mode: membershipMode }
  const none = Promise.resolve([])
  const [linked, , turned, merged, memberships, roles, all, { reference }] = await pipelined(
    lockPeopleBehind(tx, directoryId, ids),
    shifting && ending && mode.kind === 'window' ? lockWindow(tx, directoryId) : none,
    shifting ? turnLinks(tx, directoryId, asked, settings, mode) : none,
    mergePeople(tx, people, { quiet, managers, steady: !shifting }),
    shifting ? settleMemberships(tx, people, guard) : none,
    shifting && settings.hasRoleMappings ? settleRoles(tx, people) : none,
    shifting && !quiet ? viewPeople(tx, people) : Promise.resolve(new Map<string, UserRow>()),
    directoryContext(tx, directoryId),
  )
  const views = quiet ? await viewChanged(tx, [...merged, ...memberships, ...roles.filter(isNews)]) : all
  return {
    mode,
    membershipMode,
    directory: reference,
    personOf: personOf(linked),
    unlinked: linked.filter((row) => row.user_id === null).map((row) => row.directory_user_id),
    turned,
    merged,
    memberships,
    roles,
    views,
    fresh: new Set(),
    leftHolds: [
      ...turned.flatMap((link) => (link.before_hold !== null && link.hold_id === null ? [link.before_hold] : [])),
      ...leftHoldsOf(memberships),
    ],
  }
}

async function viewChanged(tx: Transaction, rows: readonly { user_id: string }[]): Promise<Map<string, UserRow>> {
  const ids = new Set(rows.map((row) => row.user_id))
  return ids.size === 0 ? new Map() : viewPeople(tx, peopleByIds([...ids]))
}

function isNews({ effect }: RoleRow): boolean {
  return effect !== 'had'
}

export function personOf(linked: readonly LinkedUser[]): Map<string, string> {
  return new Map(linked.flatMap((row) => (row.user_id === null ? [] : [[row.directory_user_id, row.user_id]])))
}

export function leftHoldsOf(memberships: readonly MembershipChange[]): string[] {
  return memberships.flatMap(({ effect, hold_id }) => (effect !== 'held' && hold_id !== null ? [hold_id] : []))
}
