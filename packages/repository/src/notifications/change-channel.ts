import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { ChannelKind } from '../notification-tables.ts'
import { keepChannelSoon, setChannelDue } from './channel-due.ts'

/** What is set whenever whoever works on a channel is to write nothing more, and another is to begin. */
const anew = sql`fence = fence + 1, leased_until = NULL, failures_in_a_row = 0, error = NULL, updated_at = now()`
/** Nothing that the source was promised counts any more; it is to be ended there. */
const dropped = sql`ending = ending || subscriptions, subscriptions = '[]', secret_hash = NULL, spare_secret_hash = NULL,
  expires_at = NULL, renew_at = NULL`

/**
 * Has the source of a directory tell of changes. A poller asks it to; or its administrator does (`manual`), with the secret whose
 * hash is given. One that is there already goes on; one that has failed is tried at once. True when it is new, and with it the secret.
 */
export async function enableChannel(
  tx: Transaction,
  directoryId: string,
  { kind, secretHash }: { kind: ChannelKind; secretHash: Buffer },
): Promise<boolean> {
  const known = await lockChannel(tx, directoryId)
  if (known?.state === 'ending') {
    await update(tx, directoryId, sql`${anew}, state = 'pending'`)
    await keepChannelSoon(tx, directoryId)
  } else if (known !== undefined) {
    if (known.failures_in_a_row > 0) await keepChannelSoon(tx, directoryId)
    return false
  } else if (!(await addChannel(tx, directoryId, kind, secretHash))) return false
  appendAudit(tx, { action: 'directory.enable_notifications', target: directoryId, detail: { kind } })
  return true
}

async function addChannel(tx: Transaction, directoryId: string, kind: ChannelKind, secretHash: Buffer) {
  const ids = { organization_id: tx.organizationId, directory_id: directoryId, channel_id: newUuid() }
  const added = await tx.db
    .insertInto('notification_channels')
    .values({ ...ids, kind, secret_hash: kind === 'manual' ? secretHash : null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('channel_id')
    .executeTakeFirst()
  if (added === undefined) return false
  await tx.db.insertInto('notification_routes').values(ids).execute()
  if (kind === 'subscribed') await keepChannelSoon(tx, directoryId)
  return true
}

/**
 * Exchanges the secret of a channel. Subscriptions are made anew with one that nobody sees. A `manual` one has the secret whose hash is
 * given, and for so long the one before counts, too. Undefined when there is no channel.
 */
export async function rotateChannel(
  tx: Transaction,
  directoryId: string,
  { secretHash, overlapSeconds }: { secretHash: Buffer; overlapSeconds: number },
): Promise<ChannelKind | undefined> {
  const known = await lockChannel(tx, directoryId)
  if (known === undefined || known.state === 'ending') return undefined
  if (known.kind === 'subscribed') {
    const state = sql`CASE WHEN state = 'failed' THEN 'pending' ELSE state END`
    await update(tx, directoryId, sql`${anew}, renew_at = now(), state = ${state}`)
    await keepChannelSoon(tx, directoryId)
  } else {
    const keeps = overlapSeconds > 0
    await update(
      tx,
      directoryId,
      sql`${anew}, secret_hash = ${secretHash}, spare_secret_hash = CASE WHEN ${keeps} THEN secret_hash END`,
    )
    await setChannelDue(tx, directoryId, keeps ? sql`now() + make_interval(secs => ${overlapSeconds})` : null)
  }
  appendAudit(tx, { action: 'directory.rotate_notifications', target: directoryId })
  return known.kind
}

/** Takes nothing from the source any more. What it promised is ended there by a poller. False when there is no channel. */
export async function disableChannel(tx: Transaction, directoryId: string): Promise<boolean> {
  const known = await lockChannel(tx, directoryId)
  if (known === undefined || known.state === 'ending') return false
  if (known.kind === 'manual') await dropChannel(tx, directoryId)
  else {
    await update(tx, directoryId, sql`${anew}, ${dropped}, state = 'ending'`)
    await keepChannelSoon(tx, directoryId)
  }
  appendAudit(tx, { action: 'directory.disable_notifications', target: directoryId })
  return true
}

/**
 * Makes subscriptions anew, if there are any: with another configuration it may be another source that is to tell. A `manual` channel
 * stays: whoever enters it at the source knows where.
 */
export async function remakeChannel(tx: Transaction, directoryId: string): Promise<void> {
  const known = await lockChannel(tx, directoryId)
  if (known === undefined || known.kind === 'manual' || known.state === 'ending') return
  await update(tx, directoryId, sql`${anew}, ${dropped}, state = 'pending'`)
  await keepChannelSoon(tx, directoryId)
}

/** The channel is gone, with its address. */
export async function dropChannel({ db, organizationId }: Transaction, directoryId: string): Promise<void> {
  const here = sql`organization_id = ${organizationId} AND directory_id = ${directoryId}`
  await send(
    db,
    sql`
    WITH address AS (DELETE FROM notification_routes WHERE ${here})
    DELETE FROM notification_channels WHERE ${here}`,
  )
}

function lockChannel({ db, organizationId }: Transaction, directoryId: string) {
  return db
    .selectFrom('notification_channels')
    .select(['kind', 'state', 'failures_in_a_row'])
    .where('organization_id', '=', organizationId)
    .where('directory_id', '=', directoryId)
    .forUpdate()
    .executeTakeFirst()
}

async function update(
  { db, organizationId }: Transaction,
  directoryId: string,
  changes: ReturnType<typeof sql>,
): Promise<void> {
  await send(
    db,
    sql`UPDATE notification_channels SET ${changes}
      WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}`,
  )
}
