import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { causeOfJob, visibilitySeconds } from '../jobs/directory-jobs.ts'
import type { ChannelKind, StoredSubscription } from '../notification-tables.ts'
import type { DirectoryType } from '../tables.ts'
import { setChannelDue } from './channel-due.ts'

/** What is to be done for a channel, with the right to do it. */
export interface ChannelWork {
  scope: OrganizationScope
  directoryId: string
  directoryType: DirectoryType
  channelId: string
  /** Another one is on the channel as soon as somebody else has the right, or wants something else of it. */
  fence: number
  /** Whether subscriptions are to be made, with the secret whose hash was given. */
  subscribes: boolean
  /** What is to be ended at the source. */
  ending: readonly StoredSubscription[]
  /** Failures of the last attempts. */
  failures: number
}

interface ChannelRow {
  type: DirectoryType
  channel_id: string
  kind: ChannelKind
  is_leaving: boolean
  subscribes: boolean
  ending: StoredSubscription[]
  renew_at: Date | null
  failures: number
}

export const keeperCause = causeOfJob('channel')

/**
 * Takes the channel of a directory, if it is due and nobody works on it. The hash of the secret is stored before any source hears of
 * the secret: what is made with one that was not stored is refused. Undefined when there is nothing to do at the source.
 */
export async function claimChannel(
  database: Database,
  { organizationId, directoryId }: { organizationId: string; directoryId: string },
  { leaseSeconds, secretHash }: { leaseSeconds: number; secretHash: Buffer },
): Promise<ChannelWork | undefined> {
  const scope = scopeTo(organizationId)
  return transact(database, scope, keeperCause, async (tx) => {
    const row = await lockDueChannel(tx, directoryId)
    if (row === undefined) return undefined
    if (row.kind === 'manual') {
      await leaveAlone(tx, directoryId, null)
      return undefined
    }
    const { subscribes, ending, failures } = row
    if (!subscribes && ending.length === 0 && !row.is_leaving) {
      await leaveAlone(tx, directoryId, row.renew_at)
      return undefined
    }
    const spare = subscribes ? secretHash : sql`spare_secret_hash`
    const [{ fence } = { fence: 0 }] = await send(
      tx.db,
      sql<{ fence: number }>`
      UPDATE notification_channels SET fence = fence + 1, leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}),
        spare_secret_hash = ${spare}, ending = ${JSON.stringify(ending)}::jsonb
      WHERE organization_id = ${organizationId} AND directory_id = ${directoryId} RETURNING fence`,
    )
    await setChannelDue(tx, directoryId, sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`)
    const { type: directoryType, channel_id: channelId } = row
    return { scope, directoryId, directoryType, channelId, fence, subscribes, ending, failures }
  })
}

/** What has expired needs no end any more. */
async function lockDueChannel(
  { db, organizationId }: Transaction,
  directoryId: string,
): Promise<ChannelRow | undefined> {
  const [row] = await send(
    db,
    sql<ChannelRow>`
    SELECT d.type, c.channel_id, c.kind, c.state = 'ending' AS is_leaving, c.renew_at, c.failures_in_a_row AS failures,
      c.state <> 'ending' AND (c.renew_at IS NULL OR c.renew_at <= clock_timestamp()) AS subscribes,
      (SELECT COALESCE(jsonb_agg(one), '[]') FROM jsonb_array_elements(c.ending) one
        WHERE (one ->> 'expiresAt')::timestamptz > now()) AS ending
    FROM notification_channels c
    JOIN directories d ON d.organization_id = ${organizationId} AND d.directory_id = c.directory_id
    JOIN notification_routes r ON r.organization_id = ${organizationId} AND r.directory_id = c.directory_id
    WHERE c.organization_id = ${organizationId} AND c.directory_id = ${directoryId}
      AND r.due_at <= clock_timestamp() + make_interval(secs => ${visibilitySeconds})
      AND (c.leased_until IS NULL OR c.leased_until <= clock_timestamp())
    FOR NO KEY UPDATE OF c`,
  )
  return row
}

/** Nothing is left to be ended, and the secret of that does not count any more. */
async function leaveAlone(tx: Transaction, directoryId: string, renewAt: Date | null): Promise<void> {
  await send(
    tx.db,
    sql`UPDATE notification_channels SET spare_secret_hash = NULL, ending = '[]'
      WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`,
  )
  await setChannelDue(tx, directoryId, renewAt === null ? null : sql`${renewAt}::timestamptz`)
}
