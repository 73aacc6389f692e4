import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { type Lease, withLease } from '../../syncs/lease.ts'
import { applyGroups } from './apply-groups.ts'
import { applyNesting } from './apply-nesting.ts'
import { applyUsers } from './apply-users.ts'
import { type Applying, type Change, nextBatch, noteDone } from './batch.ts'
import { dropGoneGroups } from './drop-gone-groups.ts'

/** What makes the changes of a step (migration 0017). */
const steps: Readonly<
  Record<number, (tx: Transaction, applying: Applying, batch: readonly Change[]) => Promise<void>>
> = {
  1: applyGroups,
  2: applyNesting,
  3: applyUsers,
  4: dropGoneGroups,
}

/**
 * Makes the next changes of a planned run, in one transaction: directory layer, people and events together. Removals are
 * put aside until the run is judged as a whole; nobody loses anything yet. False when all changes are made.
 * @throws LeaseLost
 */
export function applyNext(database: Database, lease: Lease): Promise<boolean> {
  return withLease(database, lease, async (tx) => {
    const applying = await beginBatch(tx, lease)
    const batch = await nextBatch(tx, applying)
    const [first] = batch
    if (first === undefined) {
      await send(
        tx.db,
        sql`UPDATE sync_runs SET phase = 'judging', updated_at = now() WHERE organization_id = ${tx.organizationId}
          AND run_id = ${lease.runId} AND phase = 'applying'`,
      )
      return false
    }
    const apply = steps[first.step]
    if (apply === undefined) throw new Error(`There is no step ${first.step}`)
    await apply(tx, applying, batch)
    await noteDone(tx, applying, batch)
    return true
  })
}

async function beginBatch(tx: Transaction, { directoryId, runId }: Lease): Promise<Applying> {
  const [row] = await send(
    tx.db,
    sql<Applying['staged']>`
    SELECT staged_users AS users, staged_groups AS groups, staged_memberships AS memberships FROM directory_syncs
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`,
  )
  if (row === undefined) throw new Error('The directory is not one that is read')
  return { runId, directoryId, staged: row }
}
