import type { Test } from 'tap'
import type { Database, OrganizationScope } from '../../src/index.ts'
import { comparableGroups, comparableUsers, differingRoles, type Folded, foldEvents } from './fold.ts'
import { allGroups, allUsers, eventsOf } from './reading.ts'

interface Log {
  database: Database
  scope: OrganizationScope
}

/**
 * The log, folded, is the tables; nobody may write meanwhile. Goes on behind `sequence` with what was folded up to there, and
 * answers with what to go on with.
 */
export async function assertFolds(
  t: Test,
  { database, scope }: Log,
  seed: number,
  from: { folded?: Folded; sequence: number } = { sequence: 0 },
): Promise<{ folded: Folded; sequence: number }> {
  const events = await eventsOf(database, scope, from.sequence)
  const folded = foldEvents(events, from.folded)
  t.same(folded.complaints, [], `nothing in ${events.length} events contradicts the log (seed ${seed})`)
  const users = inOrder((await allUsers(database, scope)).values())
  const groups = inOrder((await allGroups(database, scope)).values())
  const told = comparableUsers(inOrder(folded.users.values()), folded.members)
  t.same(told, comparableUsers(users), `${users.length} users (seed ${seed})`)
  t.same(differingRoles(folded, users), [], `roles (seed ${seed})`)
  const toldGroups = comparableGroups(inOrder(folded.groups.values()))
  t.same(toldGroups, comparableGroups(groups), `${groups.length} groups (seed ${seed})`)
  return { folded, sequence: events.at(-1)?.sequence ?? from.sequence }
}

function inOrder(views: Iterable<Record<string, unknown>>): { id: string }[] {
  return ([...views] as { id: string }[]).sort((a, b) => (a.id < b.id ? -1 : 1))
}
