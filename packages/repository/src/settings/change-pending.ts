import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { closeRoutes } from '../holds/close-routes.ts'
import { type HoldRow, holdColumns } from '../holds/hold.ts'
import { appendHoldEvents } from '../holds/hold-events.ts'

/** Has a change of settings wait in a hold, whole: see `applyPending`. */
export async function holdPending(tx: Transaction, holdId: string, pending: JsonObject): Promise<void> {
  await send(
    tx.db,
    sql`UPDATE holds SET pending = ${JSON.stringify(pending)}::jsonb
      WHERE organization_id = ${tx.organizationId} AND hold_id = ${holdId}`,
  )
}

/** A newer word about what such holds wait with takes back those that are open. */
export async function withdrawPending(tx: Transaction): Promise<void> {
  const rows = await send(
    tx.db,
    sql<HoldRow>`
    UPDATE holds SET status = 'withdrawn', decided_at = now()
    WHERE organization_id = ${tx.organizationId} AND status = 'open' AND pending IS NOT NULL
    RETURNING ${sql.join(holdColumns.map((column) => sql.ref(column)))}`,
  )
  await closeRoutes(tx, rows)
  await appendHoldEvents(tx, 'hold.withdrawn', rows)
}
