import type { Reader } from '../database/read.ts'
import type { ChannelKind } from '../notification-tables.ts'
import type { RunError } from '../syncs/sync-run.ts'

/** How the source of a directory tells of changes, as it is shown. */
export interface NotificationChannel {
  channelId: string
  kind: ChannelKind
  /** `failed`: the source promises nothing at present, and asking for it has failed. */
  state: 'pending' | 'active' | 'failed'
  /** Until when each subscription lasts. */
  subscriptions: readonly { expiresAt: Date }[]
  expiresAt: Date | null
  /** When others are made. */
  renewAt: Date | null
  /** Of the last attempt, as long as that has not worked. */
  error: RunError | null
  /** To a few seconds. */
  lastReceivedAt: Date | null
  /** To the minute. */
  lastRefusedAt: Date | null
}

/** The channel of a directory; undefined when it has none, or it is being ended. */
export async function findChannel(
  { db, organizationId }: Reader,
  directoryId: string,
): Promise<NotificationChannel | undefined> {
  const row = await db
    .selectFrom('notification_channels')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('directory_id', '=', directoryId)
    .where('state', '<>', 'ending')
    .executeTakeFirst()
  if (row === undefined || row.state === 'ending') return undefined
  const isOver = row.state === 'active' && row.expires_at !== null && row.expires_at.getTime() <= Date.now()
  return {
    channelId: row.channel_id,
    kind: row.kind,
    state: isOver ? 'failed' : row.state,
    subscriptions: row.subscriptions.map(({ expiresAt }) => ({ expiresAt: new Date(expiresAt) })),
    expiresAt: row.expires_at,
    renewAt: row.renew_at,
    error: row.error,
    lastReceivedAt: row.last_received_at,
    lastRefusedAt: row.last_refused_at,
  }
}
