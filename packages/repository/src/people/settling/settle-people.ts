import type { Cause } from '@muster/events'
import { newUuid } from '@muster/runtime/type-ids'
import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import { type DirectorySettings, settingsOf } from '../../settings/directory-settings.ts'
import type { Admission } from '../arrivals/arriving.ts'
import { deferArrivals } from '../arrivals/defer-arrivals.ts'
import { appendCreated, type SettledPerson } from '../telling/person-events.ts'
import { concludeRound } from './conclude-round.ts'
import { deriveRound } from './derive-round.ts'
import { type LinkedRow, linkArrivals } from './link-arrivals.ts'
import { findWaiting, findWaitingFor } from './managers.ts'
import { isNewcomer, settleNewcomers } from './settle-newcomers.ts'
import { settlePersons } from './settle-persons.ts'
import type { AskedUser } from './turn-links.ts'

export interface SettleOptions {
  /**
   * Whether the directory users were stored just now, by the statement sent before: new people are then made without a
   * merge. Ids that were not stored after all are passed over. `keys` are what others may refer to them by, folded.
   */
  arrived?: { keys: readonly string[] }
  /** Whether it may have changed that a directory user counts, or its groups: true unless the caller knows better. */
  shifting?: boolean
  /** Whether some may have ceased to count: true unless the caller knows better. */
  ending?: boolean
  /** Whether any of them names, or named, a manager: true unless the caller knows better. */
  managers?: boolean
  /** How removals are judged; as pushed, when this does not say otherwise. */
  guard?: GuardMode
  /** How removals of memberships are judged, when what a directory says of its groups made them; else they follow. */
  memberships?: GuardMode | 'asUsers'
  /** Whether only those who changed are answered with: of many, most do not. */
  quiet?: boolean
  /** The requests behind the directory users, when several share the transaction. */
  causes?: ReadonlyMap<string, Cause | undefined>
  /** Who was decided about, and comes into being now; without it new people wait for the hook, when there is one. */
  admitted?: ReadonlyMap<string, Admission>
}

/**
 * Makes the people layer agree with the directory layer for the given users of one directory, whether they arrived,
 * changed or are gone, and appends the events of what that changed. With its siblings (`settlePersons`, `settleGroups`)
 * the only writer of people; it derives everything from what is stored, so calling it again changes nothing. A few
 * statements whatever the number, most of them sent together. Answers with the person of each directory user that has one.
 * Where a hook decides about new people, they wait for it (decision 0016).
 */
export async function settlePeople(
  tx: Transaction,
  directoryId: string,
  users: readonly (string | AskedUser)[],
  options: SettleOptions = {},
): Promise<Map<string, SettledPerson>> {
  if (users.length === 0) return new Map()
  const asked = users.map((user) => (typeof user === 'string' ? { id: user } : user))
  return options.arrived === undefined
    ? settleAll(tx, directoryId, asked, options)
    : settleArrivals(tx, directoryId, asked, options.arrived.keys, options)
}

/** Most arrivals are new people, and done with their link; those who turn out to be somebody already are merged. */
async function settleArrivals(
  tx: Transaction,
  directoryId: string,
  asked: readonly AskedUser[],
  keys: readonly string[],
  options: SettleOptions,
): Promise<Map<string, SettledPerson>> {
  const settings = await settingsOf(tx, directoryId)
  const ids = asked.map(({ id }) => id)
  const [linked, waiting, { reference }] = await pipelined(
    linkArrivals(tx, directoryId, ids, settings, { joinOnly: settings.hasBeforeCreate }),
    findWaiting(tx, keys),
    directoryContext(tx, directoryId),
  )
  countLinks(tx, directoryId, linked)
  const settled = new Map<string, SettledPerson>()
  // Nobody is in a group before its directory user is there.
  for (const row of linked) {
    if (!isNewcomer(row)) continue
    const about = { tx, directoryId, directory: reference, cause: options.causes?.get(row.directory_user_id) }
    settled.set(row.directory_user_id, appendCreated(about, row))
  }
  const others = await settleLinked(
    tx,
    directoryId,
    linked.filter((row) => !isNewcomer(row)),
    settings,
    options,
  )
  await settlePersons(tx, waiting, { directoryId, steady: true })
  if (settings.hasBeforeCreate) await deferArrivals(tx, directoryId, ids, settings, options.causes)
  return new Map([...settled, ...others])
}

async function settleAll(
  tx: Transaction,
  directoryId: string,
  asked: readonly AskedUser[],
  options: SettleOptions,
): Promise<Map<string, SettledPerson>> {
  const settings = await settingsOf(tx, directoryId)
  const round = await deriveRound(tx, directoryId, asked, settings, withMode(options))
  const settled = await concludeRound(tx, directoryId, round, options.causes)
  if (round.unlinked.length === 0) return settled
  const { admitted, causes } = options
  const isDeferred = settings.hasBeforeCreate && admitted === undefined
  const linked = await linkArrivals(tx, directoryId, round.unlinked, settings, { admitted, joinOnly: isDeferred })
  countLinks(tx, directoryId, linked)
  const newcomers = await settleNewcomers(tx, directoryId, linked.filter(isNewcomer), settings, causes)
  const others = linked.filter((row) => !isNewcomer(row))
  const known = await settleLinked(tx, directoryId, others, settings, options)
  await settlePersons(tx, await findWaitingFor(tx, directoryId, round.unlinked), { directoryId, steady: true })
  if (isDeferred) await deferArrivals(tx, directoryId, round.unlinked, settings, causes)
  return new Map([...settled, ...newcomers, ...known])
}

/** Merges those who were linked just now. */
async function settleLinked(
  tx: Transaction,
  directoryId: string,
  linked: readonly LinkedRow[],
  settings: DirectorySettings,
  options: SettleOptions,
): Promise<Map<string, SettledPerson>> {
  if (linked.length === 0) return new Map()
  const asked = linked.map((row) => ({ id: row.directory_user_id }))
  const round = await deriveRound(tx, directoryId, asked, settings, {
    ...withMode(options),
    shifting: true,
    ending: false,
    // Who came into being is told of, changed or not.
    quiet: false,
  })
  const fresh = new Set(linked.filter((row) => row.fresh).map((row) => row.linked_user_id))
  const left = linked.flatMap((row) => row.replaced_hold ?? [])
  return concludeRound(tx, directoryId, { ...round, fresh, leftHolds: [...round.leftHolds, ...left] }, options.causes)
}

function withMode(options: SettleOptions) {
  const { shifting = true, ending = true, quiet = false, managers = true, memberships } = options
  const guard = options.guard ?? { kind: 'window', freshHoldId: newUuid() }
  const membershipMode = memberships === 'asUsers' ? guard : memberships
  return { shifting, ending, quiet, managers, mode: guard, membershipMode }
}

/** A link that gave way counted as active until now. */
function countLinks(tx: Transaction, directoryId: string, linked: readonly LinkedRow[]): void {
  const active = linked.filter((row) => row.link_active).length
  const replaced = linked.filter((row) => row.replaced_hold !== null).length
  tx.count(directoryId, 'activeUsers', active - replaced)
}
