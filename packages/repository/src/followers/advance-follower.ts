import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import type { Follower } from './follower.ts'

/** Where a follower stands. */
export interface FollowerPosition {
  /** The last event it is done with. */
  after: number
  organizationId: string
  followerId: string
}

/**
 * Lets a follower do its work for the next events: in one transaction with it its cursor moves to the sequence number that
 * `work` answers with. Nothing happens when somebody else works for it at this moment, or it follows no more, or not now.
 * `work` may run twice (see `transact`). Answers with whether the cursor moved.
 */
export async function advanceFollower(
  database: Database,
  follower: Follower,
  work: (tx: Transaction, position: FollowerPosition) => Promise<number>,
): Promise<boolean> {
  const { kind, organizationId, followerId } = follower
  const isIt = sql`kind = ${kind} AND organization_id = ${organizationId}::uuid AND follower_id = ${followerId}::uuid`
  return transact(database, scopeTo(organizationId), { kind: 'system', id: 'follow_log' }, async (tx) => {
    const [row] = await send(
      tx.db,
      sql<{ sequence: number }>`SELECT sequence FROM followers WHERE ${isIt} AND NOT paused FOR UPDATE SKIP LOCKED`,
    )
    if (row === undefined) return false
    const sequence = await work(tx, { after: row.sequence, organizationId, followerId })
    if (sequence === row.sequence) return false
    await send(tx.db, sql`UPDATE followers SET sequence = ${sequence} WHERE ${isIt}`)
    return true
  })
}
