import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { lockWindow } from '../../holds/window.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import { settingsOf } from '../../settings/directory-settings.ts'
import type { UserRow } from '../views/user-view.ts'
import { viewPeople } from '../views/view-people.ts'
import { type People, peopleBehind, peopleByIds } from './concerned.ts'
import { concludeRound } from './conclude-round.ts'
import { leftHoldsOf, personOf } from './derive-round.ts'
import { lockPeople, lockPeopleBehind } from './lock-people.ts'
import { settleMemberships } from './settle-memberships.ts'
import { settleRoles } from './settle-roles.ts'

/** How removals are judged, and whether there may be any. */
interface MembersOptions {
  mode: GuardMode
  removes: boolean
}

/** Makes groups and roles of people what they are to be, when nothing else of them changed; `directoryId` is what changed it. */
export function settleMembersOf(
  tx: Transaction,
  directoryId: string,
  userIds: readonly string[],
  options: MembersOptions,
): Promise<void> {
  const people = peopleByIds(userIds)
  const locked = async () => new Map((await lockPeople(tx, people)).map((id) => [id, id]))
  return settleGroupsOf(tx, directoryId, { people, locked }, options)
}

/** The same for the people behind users of the directory. */
export function settleMembersBehind(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  options: MembersOptions,
): Promise<void> {
  const people = peopleBehind(tx.organizationId, directoryId, directoryUserIds)
  const locked = async () => personOf(await lockPeopleBehind(tx, directoryId, directoryUserIds))
  return settleGroupsOf(tx, directoryId, { people, locked }, options)
}

/** People, and what locks them and answers with each under whatever it is called by. */
interface Concerned {
  people: People
  locked: () => Promise<ReadonlyMap<string, string>>
}

async function settleGroupsOf(
  tx: Transaction,
  directoryId: string,
  { people, locked }: Concerned,
  { mode, removes }: MembersOptions,
): Promise<void> {
  const { guard, hasRoleMappings } = await settingsOf(tx, directoryId)
  const none = Promise.resolve([])
  const [persons, , memberships, roles, views, { reference }] = await pipelined(
    locked(),
    mode.kind === 'window' && removes ? lockWindow(tx, directoryId) : none,
    settleMemberships(tx, people, { directoryId, limits: guard.memberships, mode }),
    hasRoleMappings ? settleRoles(tx, people) : none,
    hasRoleMappings ? viewPeople(tx, people) : Promise.resolve(new Map<string, UserRow>()),
    directoryContext(tx, directoryId),
  )
  await concludeRound(tx, directoryId, {
    mode,
    membershipMode: mode,
    directory: reference,
    personOf: persons,
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
