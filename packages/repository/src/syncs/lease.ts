import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'

/** The right to work on a run, until it is taken from whoever has it. */
export interface Lease {
  scope: OrganizationScope
  directoryId: string
  runId: string
  /** The fencing token: another one is on the directory as soon as somebody else has the right. */
  fence: number
  /** The run, or whoever asked for it: causes the events. */
  cause: Cause
}

/** Somebody else works on the run by now, or it was called off: whoever gets this writes nothing more of it. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'

  constructor() {
    super('The lease on the sync run is lost')
  }
}

/**
 * Runs `work` in one transaction of a run. Nobody takes the lease before it has ended, and it writes nothing when somebody
 * has already.
 * @throws LeaseLost
 */
export function withLease<T>(database: Database, lease: Lease, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return transact(database, lease.scope, lease.cause, async (tx) => {
    await assertLease(tx, lease)
    return work(tx)
  })
}

/** The lock lets the lease be extended meanwhile, and the directory be neither taken over nor deleted. */
export async function assertLease(tx: Transaction, { directoryId, runId, fence }: Lease): Promise<void> {
  const rows = await send(
    tx.db,
    sql`
    SELECT FROM directory_syncs WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
      AND fence = ${fence} AND run_id = ${runId} FOR KEY SHARE`,
  )
  if (rows.length === 0) throw new LeaseLost()
}
