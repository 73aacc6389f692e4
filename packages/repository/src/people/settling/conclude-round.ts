import type { Cause } from '@muster/events'
import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import { noteHolds } from '../../holds/note-holds.ts'
import { noteRemovals } from '../../holds/window.ts'
import { appendMembershipEvents } from '../telling/membership-events.ts'
import { appendPersonEvents, type SettledPerson } from '../telling/person-events.ts'
import { roleChanges } from '../telling/role-changes.ts'
import { unmerged } from '../telling/unmerged.ts'
import type { Round } from './derive-round.ts'
import { dropLinks } from './drop-links.ts'
import type { MergedRow } from './merge-people.ts'
import { moveClaims } from './move-claims.ts'

/**
 * Writes down what follows from a round (links that end, addresses that move, counts, holds) and says what became of
 * people. Answers with the person of each directory user.
 */
export async function concludeRound(
  tx: Transaction,
  directoryId: string,
  round: Round,
  causes: ReadonlyMap<string, Cause | undefined> = new Map(),
): Promise<Map<string, SettledPerson>> {
  count(tx, directoryId, round)
  const rows = new Map(rowsOf(round).map((row) => [row.user_id, row]))
  // Who turned, or came into being, is told of as a whole, groups and roles included.
  const stayed = round.memberships.filter(({ user_id }) => isSteady(round, rows.get(user_id)))
  await pipelined(
    dropLinks(tx, directoryId, round.turned),
    moveClaims(tx, round.merged ?? []),
    noteWindow(tx, directoryId, round),
    noteHolds(tx, {
      directoryId,
      directory: round.directory,
      modes: [round.mode, round.membershipMode],
      ...heldNow(round),
      left: round.leftHolds,
    }),
    appendMembershipEvents(tx, stayed),
  )
  const lost = new Set(round.turned.filter((link) => link.lost && !link.active).map((link) => link.user_id))
  const roles = roleChanges(round.roles)
  const settled = new Map<string, SettledPerson>()
  for (const [directoryUserId, userId] of round.personOf) {
    const row = rows.get(userId)
    if (row === undefined) continue
    const about = { tx, directoryId, directory: round.directory, cause: causes.get(directoryUserId) }
    const known = { isFresh: round.fresh.has(userId), isLost: lost.has(userId), roles: roles.get(userId) }
    settled.set(directoryUserId, appendPersonEvents(about, row, known))
  }
  return settled
}

/** People as they were and are. Who was not merged differs in groups and roles only. */
function rowsOf({ merged = [], views }: Round): MergedRow[] {
  const rows = merged.map((row) => ({ ...row, ...views.get(row.user_id) }))
  const told = new Set(rows.map((row) => row.user_id))
  return [...rows, ...[...views.values()].filter((row) => !told.has(row.user_id)).map(unmerged)]
}

function isSteady({ fresh, merged }: Round, row: MergedRow | undefined): boolean {
  if (merged === undefined) return true
  return row !== undefined && row.before_state === row.state && !fresh.has(row.user_id)
}

function count(tx: Transaction, directoryId: string, { turned, memberships }: Round): void {
  const turns = turned.reduce((sum, link) => sum + Number(link.active) - Number(link.before_active), 0)
  tx.count(directoryId, 'activeUsers', turns)
  for (const { effect, directory_id } of memberships) {
    if (effect === 'added') tx.count(directory_id, 'memberships', 1)
    if (effect === 'removed') tx.count(directory_id, 'memberships', -1)
  }
}

/** What is new in the hold of the round. */
function heldNow({ turned, memberships }: Round) {
  return {
    users: turned.flatMap((link) => (link.before_hold === null && link.hold_id !== null ? [link.hold_id] : [])),
    memberships: memberships.flatMap(({ effect, hold_id }) => (effect === 'held' && hold_id !== null ? [hold_id] : [])),
  }
}

async function noteWindow(tx: Transaction, directoryId: string, round: Round): Promise<void> {
  const held = heldNow(round)
  const ended = round.turned.filter((link) => link.before_active && !link.active && link.before_hold === null).length
  const judged = round.memberships.filter(({ is_judged }) => is_judged)
  const removed = judged.filter(({ effect }) => effect === 'removed').length
  const asked = held.users.length
  await pipelined(
    round.mode.kind === 'window'
      ? noteRemovals(tx, directoryId, 'users', { asked: ended + asked, applied: ended })
      : Promise.resolve(),
    round.membershipMode?.kind === 'window'
      ? noteRemovals(tx, directoryId, 'memberships', { asked: judged.length, applied: removed })
      : Promise.resolve(),
  )
}
