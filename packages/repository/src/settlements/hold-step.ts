import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { countWaiting } from '../holds/find-holds.ts'
import type { GuardMode } from '../holds/guard-mode.ts'
import { lockWindowsOf } from '../holds/window.ts'
import { dropGroups } from '../people/settling/drop-groups.ts'
import { settleMembersOf } from '../people/settling/settle-members-of.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import type { RemovalKind } from '../tables.ts'
import type { StepInput, StepOutcome } from './step.ts'

/** Removals that one piece carries out: about a second's work. */
const removalsTogether = 1_000

/** Lets go of one sort of what waits in a hold, for one directory. */
type Release = (tx: Transaction, directoryId: string, ids: readonly string[], guard: GuardMode) => Promise<unknown>

/** In this order: people first, then who is left in groups, then groups, in which nobody is any more. */
const sorts: readonly { kind: RemovalKind; table: string; id: string; release: Release }[] = [
  {
    kind: 'users',
    table: 'user_links',
    id: 'directory_user_id',
    release: (tx, directoryId, ids, guard) => settlePeople(tx, directoryId, ids, { guard, memberships: 'asUsers' }),
  },
  {
    kind: 'memberships',
    table: 'user_groups',
    id: 'user_id',
    release: (tx, directoryId, ids, mode) => settleMembersOf(tx, directoryId, ids, { mode, removes: true }),
  },
  { kind: 'groups', table: 'groups', id: 'group_id', release: dropGroups },
]

/**
 * Carries out the next removals of an approved hold, as if they had never waited. What is done waits no more, so a piece
 * begins with whatever waits first. A directory may be gone meanwhile.
 */
export async function releaseHold(tx: Transaction, { holdId, after }: StepInput): Promise<StepOutcome> {
  if (holdId === null) throw new Error('The settlement of a hold names it')
  return (await releaseNext(tx, holdId, after)) ?? (await releaseLate(tx, holdId, after))
}

/** Whoever was putting something into the hold meanwhile is waited for: after the last piece nothing may come behind. */
async function releaseLate(tx: Transaction, holdId: string, after: StepInput['after']): Promise<StepOutcome> {
  await lockWindowsOf(tx, [holdId])
  const { users, groups, memberships } = await countWaiting(tx, holdId)
  return { done: 0, next: users + groups + memberships > 0 ? after : undefined }
}

/** Undefined when nothing waits. */
async function releaseNext(
  tx: Transaction,
  holdId: string,
  after: StepInput['after'],
): Promise<StepOutcome | undefined> {
  const before = await countWaiting(tx, holdId)
  for (const { kind, table, id, release } of sorts) {
    const page = await nextWaiting(tx, holdId, { table, id })
    const directoryId = page[0]?.directory_id
    if (directoryId === undefined) continue
    const ids = page.filter((row) => row.directory_id === directoryId).map((row) => row.id)
    await release(tx, directoryId, ids, { kind: 'release', holdId })
    const left = await countWaiting(tx, holdId)
    // Of the other sorts there may be more: a group that is deleted at this moment waits with those who wait in it.
    if (left[kind] >= before[kind]) throw new Error(`Nothing of the ${table} of a hold could be let go of`)
    return { done: Math.max(0, sum(before) - sum(left)), next: after }
  }
  return undefined
}

function sum({ users, groups, memberships }: Record<RemovalKind, number>): number {
  return users + groups + memberships
}

function nextWaiting(
  tx: Transaction,
  holdId: string,
  { table, id }: { table: string; id: string },
): Promise<{ directory_id: string; id: string }[]> {
  return send(
    tx.db,
    sql`
    SELECT DISTINCT directory_id, ${sql.ref(id)} AS id FROM ${sql.table(table)}
    WHERE organization_id = ${tx.organizationId} AND hold_id = ${holdId}
    ORDER BY directory_id, id LIMIT ${removalsTogether}`,
  )
}
