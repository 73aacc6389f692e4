import { judge } from '@muster/people'
import { newUuid } from '@muster/runtime/type-ids'
import type { Transaction } from '../database/transaction.ts'
import { countsOf } from '../listing/directory-counts.ts'
import { directoryReference } from '../organizations/directory-reference.ts'
import { settingsOf } from '../settings/directory-settings.ts'
import type { RemovalKind } from '../tables.ts'
import type { GuardMode } from './guard-mode.ts'
import { openHold } from './open-hold.ts'

/**
 * Judges a sync run as a whole: `removals` is what it would take away, of each kind. Kinds of which that is too much are
 * held, all in one hold that is opened here; the others are carried out. Where filters ask for groups, whoever is left out
 * because of memberships that wait, waits as well. Answers with how to settle each kind. Groups count no more
 * in the directory by then; users and memberships of people do.
 */
export async function openRunHold(
  tx: Transaction,
  directoryId: string,
  removals: Readonly<Record<RemovalKind, number>>,
): Promise<Record<RemovalKind, GuardMode>> {
  const { guard, groupFilters } = await settingsOf(tx, directoryId)
  const counts = await countsOf(tx, directoryId)
  const held = judge(guard, {
    users: { removals: removals.users, population: counts.activeUsers },
    groups: { removals: removals.groups, population: counts.groups + removals.groups },
    memberships: { removals: removals.memberships, population: counts.memberships },
  })
  const modes: Record<RemovalKind, GuardMode> = {
    users: { kind: 'apply' },
    groups: { kind: 'apply' },
    memberships: { kind: 'apply' },
  }
  const [kind] = held
  if (kind === undefined) return modes
  const holdId = newUuid()
  const directory = await directoryReference(tx, directoryId)
  await openHold(tx, { holdId, directoryId, directory, reason: 'sync', kind, removals: removals[kind] })
  for (const one of held) modes[one] = { kind: 'hold', holdId }
  if (groupFilters.length > 0) modes.users = { kind: 'hold', holdId }
  return modes
}
