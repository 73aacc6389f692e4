import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import { send } from '../../database/send.ts'
import { countWaiting } from '../../holds/find-holds.ts'
import { releaseHold } from '../../settlements/hold-step.ts'
import { type Lease, withLease } from '../../syncs/lease.ts'
import { stagedIdsOf } from './staged-removals.ts'

/** People first, and what follows from them; see `releaseHold`. */
const order = ['users', 'memberships', 'groups'] as const
const nowhere = { directoryId: null, id: null }

/**
 * Carries out the next removals of a run that was judged, in one transaction. False when none are left.
 * @throws LeaseLost
 */
export function releaseNext(database: Database, lease: Lease): Promise<boolean> {
  return withLease(database, lease, async (tx) => {
    const ids = await stagedIdsOf(tx, lease.directoryId)
    for (const kind of order) {
      const holdId = ids[kind]
      const before = await countWaiting(tx, holdId)
      if (before.users + before.groups + before.memberships === 0) continue
      await releaseHold(tx, { directoryId: lease.directoryId, holdId, after: nowhere })
      const left = await countWaiting(tx, holdId)
      await send(
        tx.db,
        sql`UPDATE sync_runs SET users_removed = users_removed + ${before.users - left.users}, updated_at = now()
          WHERE organization_id = ${tx.organizationId} AND run_id = ${lease.runId}`,
      )
      return true
    }
    return false
  })
}
