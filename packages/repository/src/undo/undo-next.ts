import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { type Change, nextBatch, noteDone } from '../reconcile/applying/batch.ts'
import { type Lease, withLease } from '../syncs/lease.ts'
import { removeGroups } from './remove-groups.ts'
import { removeUsers } from './remove-users.ts'
import { restoreGroups } from './restore-groups.ts'
import { restoreNesting } from './restore-nesting.ts'
import { restoreUsers } from './restore-users.ts'
import { beginUndoing, type Undoing } from './undoing.ts'
import { unlinkNext } from './unlink-next.ts'

/** What takes back what, in the order of `planUndo`. */
const steps: Readonly<Record<number, (tx: Transaction, undoing: Undoing, batch: readonly Change[]) => Promise<void>>> =
  {
    1: restoreGroups,
    2: restoreUsers,
    3: removeUsers,
    4: restoreNesting,
    5: removeGroups,
  }

/**
 * Takes the next changes of a planned undo back, in one transaction: directory layer, people and events together. What it takes
 * away is not judged: an administrator asked for it. What was changed since is left as it is, and reported. False when all is done.
 * @throws LeaseLost
 */
export function undoNext(database: Database, lease: Lease): Promise<boolean> {
  return withLease(database, lease, async (tx) => {
    const undoing = await beginUndoing(tx, lease)
    const batch = await nextBatch(tx, undoing)
    const [first] = batch
    if (first === undefined) {
      if (await unlinkNext(tx, undoing)) return true
      await send(
        tx.db,
        sql`UPDATE sync_runs SET phase = 'judging', updated_at = now() WHERE organization_id = ${tx.organizationId}
          AND run_id = ${lease.runId} AND phase = 'applying'`,
      )
      return false
    }
    const undo = steps[first.step]
    if (undo === undefined) throw new Error(`There is no step ${first.step}`)
    await undo(tx, undoing, batch)
    await noteDone(tx, undoing, batch)
    return true
  })
}
