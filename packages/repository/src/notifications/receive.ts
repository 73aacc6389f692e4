import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { read, readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import type { DirectoryType } from '../tables.ts'
import { keepChannelSoon, setChannelDue } from './channel-due.ts'
import { pokeDirectory } from './poke-directory.ts'

/** The channel behind an address, for whoever judges what came to it. */
export interface AddressedChannel {
  scope: OrganizationScope
  directoryId: string
  directoryType: DirectoryType
  /** Of the secrets that count at present. */
  secretHashes: readonly Buffer[]
  subscriptionIds: readonly string[]
}

const cause = { kind: 'system', id: 'notification' } as const
/** So long after subscriptions were made a source has not others made: what it says of their end is about the ones before. */
const renewalSeconds = 60

/** The channel with an id from an address; undefined when there is none, or it is being ended. */
export async function findAddressedChannel(
  database: Database,
  channelId: string,
): Promise<AddressedChannel | undefined> {
  const route = await readRoutes(database, (db) =>
    db
      .selectFrom('notification_routes')
      .select(['organization_id', 'directory_id'])
      .where('channel_id', '=', channelId)
      .executeTakeFirst(),
  )
  if (route === undefined) return undefined
  const { organization_id: organizationId, directory_id: directoryId } = route
  const scope = scopeTo(organizationId)
  const row = await read(database, scope, ({ db }) =>
    db
      .selectFrom('notification_channels as c')
      .innerJoin('directories as d', (join) =>
        join.onRef('d.organization_id', '=', 'c.organization_id').onRef('d.directory_id', '=', 'c.directory_id'),
      )
      .select(['d.type', 'c.secret_hash', 'c.spare_secret_hash', 'c.subscriptions', 'c.ending'])
      .where('c.organization_id', '=', organizationId)
      .where('c.directory_id', '=', directoryId)
      .where('c.channel_id', '=', channelId)
      .where('c.state', '<>', 'ending')
      .executeTakeFirst(),
  )
  if (row === undefined) return undefined
  return {
    scope,
    directoryId,
    directoryType: row.type,
    secretHashes: [row.secret_hash, row.spare_secret_hash].filter((hash) => hash !== null),
    subscriptionIds: [...row.subscriptions, ...row.ending].map(({ id }) => id),
  }
}

/**
 * Takes in what a source has shown with its secret. `changed`: the directory is read. `renew`: other subscriptions are made, unless they
 * just were. `confirmed`: it has found our address; whoever subscribes need not be told.
 */
export function receiveNotification(
  database: Database,
  { scope, directoryId }: AddressedChannel,
  means: 'changed' | 'renew' | 'confirmed',
): Promise<void> {
  return transact(database, scope, cause, async (tx) => {
    // Whoever promised to tell and does no more may have left something out.
    if (means !== 'confirmed') await pokeDirectory(tx, directoryId)
    if (means === 'renew') await renewSoon(tx, directoryId)
    await send(
      tx.db,
      sql`UPDATE notification_channels SET last_received_at = now(),
        state = CASE WHEN kind = 'manual' AND state = 'pending' THEN 'active' ELSE state END
        WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}
          AND (kind = 'manual' OR ${means} <> 'confirmed')
          AND (last_received_at IS NULL OR last_received_at < now() - interval '5 seconds')`,
    )
  })
}

/** Notes that something forged came to an address. */
export function noteRefused(database: Database, { scope, directoryId }: AddressedChannel): Promise<void> {
  return transact(database, scope, cause, async ({ db, organizationId }) => {
    await send(
      db,
      sql`UPDATE notification_channels SET last_refused_at = now()
        WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}
          AND (last_refused_at IS NULL OR last_refused_at < now() - interval '1 minute')`,
    )
  })
}

async function renewSoon(tx: Transaction, directoryId: string): Promise<void> {
  const [row] = await send(
    tx.db,
    sql<{ renew_at: Date; at_once: boolean }>`
    UPDATE notification_channels SET renew_at = LEAST(renew_at, GREATEST(now(), made_at + make_interval(secs => ${renewalSeconds})))
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId} AND renew_at > now()
    RETURNING renew_at, renew_at <= now() AS at_once`,
  )
  if (row?.at_once) await keepChannelSoon(tx, directoryId)
  else if (row !== undefined) await setChannelDue(tx, directoryId, sql`LEAST(due_at, ${row.renew_at})`)
}
