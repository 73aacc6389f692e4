import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { queueJob } from '../jobs/directory-jobs.ts'

/** Has a poller look at the channel of a directory as soon as this is committed. */
export async function keepChannelSoon(tx: Transaction, directoryId: string): Promise<void> {
  await setChannelDue(tx, directoryId, sql`now()`)
  await queueJob(tx, 'channel', directoryId)
}

/** When a poller is to look at the channel; null: never. */
export async function setChannelDue(
  { db, organizationId }: Transaction,
  directoryId: string,
  dueAt: ReturnType<typeof sql> | null,
): Promise<void> {
  await send(
    db,
    sql`UPDATE notification_routes SET due_at = ${dueAt}
      WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}`,
  )
}
