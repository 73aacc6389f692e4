import { pipelined } from '../../database/pipelined.ts'
import type { Transaction } from '../../database/transaction.ts'
import { directoryContext } from '../../organizations/directory-reference.ts'
import { appendPersonEvents, type SettledPerson } from '../telling/person-events.ts'
import { peopleByIds } from './concerned.ts'
import { lockPeople } from './lock-people.ts'
import { mergePeople } from './merge-people.ts'
import { moveClaims } from './move-claims.ts'

interface PersonsOptions {
  /** The directory that the events name; none for what an administrator did. */
  directoryId: string | null
  /** See `mergePeople`: whoever is not settled yet after a change of order turns then, groups and roles included. */
  steady?: boolean
}

/**
 * Merges people whose links stay as they are: after a manager arrived, an administrator gave a value, or the order of
 * directories changed. Appends the events of what that changed. Answers with the people that are there.
 */
export async function settlePersons(
  tx: Transaction,
  userIds: readonly string[],
  { directoryId, steady = false }: PersonsOptions,
): Promise<Map<string, SettledPerson>> {
  if (userIds.length === 0) return new Map()
  const people = peopleByIds(userIds)
  const context = directoryId === null ? undefined : directoryContext(tx, directoryId)
  const [, merged] = await pipelined(lockPeople(tx, people), mergePeople(tx, people, { steady }))
  await moveClaims(tx, merged)
  const directory = (await context)?.reference ?? null
  const about = { tx, directoryId, directory }
  const unchanged = { isFresh: false, isLost: false, roles: undefined }
  return new Map(merged.map((row) => [row.user_id, appendPersonEvents(about, row, unchanged)]))
}
