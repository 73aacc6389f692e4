import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import type { StoredSubscription } from '../notification-tables.ts'
import type { RunError } from '../syncs/sync-run.ts'
import { dropChannel } from './change-channel.ts'
import { setChannelDue } from './channel-due.ts'
import { type ChannelWork, keeperCause } from './claim-channel.ts'
import { pokeDirectory } from './poke-directory.ts'

/** What a source promised, and when other subscriptions are to be made. */
export interface MadeSubscriptions {
  subscriptions: readonly StoredSubscription[]
  renewInSeconds: number
}

/**
 * Stores what the source promised; what it had promised before is to be ended. The directory is read: what changed while nobody told is
 * found, too. Answers with all that is to be ended by now; undefined when somebody else has the channel.
 */
export function storeSubscriptions(
  database: Database,
  work: ChannelWork,
  { subscriptions, renewInSeconds }: MadeSubscriptions,
): Promise<StoredSubscription[] | undefined> {
  const times = subscriptions.map(({ expiresAt }) => Date.parse(expiresAt))
  return transact(database, work.scope, keeperCause, async (tx) => {
    // First: whoever takes both locks takes the directory's first.
    await pokeDirectory(tx, work.directoryId)
    const [stored] = await send(
      tx.db,
      sql<{ ending: StoredSubscription[] }>`
      UPDATE notification_channels SET state = 'active', subscriptions = ${JSON.stringify(subscriptions)}::jsonb,
        ending = ending || subscriptions, secret_hash = spare_secret_hash, spare_secret_hash = secret_hash,
        made_at = now(), expires_at = ${new Date(Math.min(...times))},
        renew_at = now() + make_interval(secs => ${renewInSeconds}),
        failures_in_a_row = 0, error = NULL, updated_at = now()
      WHERE ${own(work)} RETURNING ending`,
    )
    return stored?.ending
  })
}

/**
 * Gives a channel back, with what is still to be ended; that is tried again in so many seconds. The secret of the subscriptions before
 * counts until all of them are. A channel that is to go, goes then.
 */
export function finishChannel(
  database: Database,
  work: ChannelWork,
  { ending, retryInSeconds }: { ending: readonly StoredSubscription[]; retryInSeconds: number },
): Promise<void> {
  return transact(database, work.scope, keeperCause, async (tx) => {
    const isDone = ending.length === 0
    const [row] = await send(
      tx.db,
      sql<{ state: string; renew_at: Date | null }>`
      UPDATE notification_channels SET leased_until = NULL, ending = ${JSON.stringify(ending)}::jsonb,
        failures_in_a_row = CASE WHEN ${isDone}::boolean THEN 0 ELSE failures_in_a_row + 1 END,
        spare_secret_hash = CASE WHEN NOT ${isDone}::boolean THEN spare_secret_hash END
      WHERE ${own(work)} RETURNING state, renew_at`,
    )
    if (row?.state === 'ending' && isDone) await dropChannel(tx, work.directoryId)
    else if (row !== undefined) await setDueAgain(tx, work, row.renew_at, isDone ? undefined : retryInSeconds)
  })
}

/** Notes that a source could not be asked; that is tried again in so many seconds. Subscriptions that have not expired go on. */
export function failChannel(
  database: Database,
  work: ChannelWork,
  { error, retryInSeconds }: { error: RunError; retryInSeconds: number },
): Promise<void> {
  return transact(database, work.scope, keeperCause, async (tx) => {
    const [row] = await send(
      tx.db,
      sql`
      UPDATE notification_channels SET leased_until = NULL, failures_in_a_row = failures_in_a_row + 1,
        error = ${JSON.stringify(error)}::jsonb, updated_at = now(),
        state = CASE WHEN state = 'ending' OR expires_at > now() THEN state ELSE 'failed' END
      WHERE ${own(work)} RETURNING channel_id`,
    )
    if (row !== undefined) await setDueAgain(tx, work, null, retryInSeconds)
  })
}

/** Nobody has taken it since it was claimed, and nobody wants something else of it. */
function own({ scope, directoryId, fence }: ChannelWork) {
  return sql`organization_id = ${scope.organizationId} AND directory_id = ${directoryId} AND fence = ${fence}`
}

function setDueAgain(
  tx: Transaction,
  { directoryId }: ChannelWork,
  renewAt: Date | null,
  retryInSeconds: number | undefined,
): Promise<void> {
  const retryAt = retryInSeconds === undefined ? null : sql`(now() + make_interval(secs => ${retryInSeconds}))`
  return setChannelDue(tx, directoryId, sql`LEAST(${renewAt}::timestamptz, ${retryAt}::timestamptz)`)
}
