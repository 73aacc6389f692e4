import type { Queries } from '../database/database.ts'
import type { Transaction } from '../database/transaction.ts'
import type { FollowerKind } from '../tables.ts'

/** Something that follows the event log of an organization by a cursor: an endpoint, a hook, or the organization itself. */
export interface Follower {
  kind: FollowerKind
  organizationId: string
  followerId: string
}

/**
 * Has something follow the log from behind a sequence number, or from the end of the log as it is now; one that follows
 * already goes on from there. Whoever works for it at this moment is waited for.
 */
export async function addFollower(
  tx: Transaction,
  kind: FollowerKind,
  followerId: string,
  sequence: number | 'end',
): Promise<void> {
  const position = sequence === 'end' ? endOfLog(tx) : sequence
  await tx.db
    .insertInto('followers')
    .values({ kind, organization_id: tx.organizationId, follower_id: followerId, sequence: position })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'organization_id', 'follower_id'])
        .doUpdateSet(({ ref }) => ({ sequence: ref('excluded.sequence') })),
    )
    .execute()
}

/** Ends that something follows the log; it need not have. */
export async function removeFollower(tx: Transaction, kind: FollowerKind, followerId: string): Promise<void> {
  await tx.db
    .deleteFrom('followers')
    .where('kind', '=', kind)
    .where('organization_id', '=', tx.organizationId)
    .where('follower_id', '=', followerId)
    .execute()
}

function endOfLog({ db, organizationId }: { db: Queries; organizationId: string }) {
  return db
    .selectFrom('event_sequences')
    .select('last_sequence')
    .where('organization_id', '=', organizationId)
    .$asScalar()
}
