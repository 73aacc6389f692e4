import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { closeRoutes } from './close-routes.ts'
import { type HoldRow, holdColumns } from './hold.ts'
import { appendHoldEvents } from './hold-events.ts'
import { lockWindowsOf } from './window.ts'

/**
 * Closes the open ones of the holds in which nothing waits any more: the source itself took everything back, so there is
 * nothing left to decide. One that a settlement still puts removals into stays; the settlement asks again at its end.
 * No statement for no holds.
 */
export async function withdrawEmpty(
  tx: Transaction,
  holdIds: readonly string[],
  { settled }: { settled?: boolean } = {},
): Promise<void> {
  if (holdIds.length === 0) return
  const waits = (table: string) => sql`EXISTS (SELECT FROM ${sql.table(table)} w
    WHERE w.organization_id = ${tx.organizationId} AND w.hold_id = h.hold_id OFFSET 0)`
  const grows = sql`EXISTS (SELECT FROM settlements s WHERE s.organization_id = ${tx.organizationId}
    AND s.hold_id = h.hold_id AND s.kind <> 'hold' AND s.status = 'running' OFFSET 0)`
  const closing = sql<HoldRow>`
    UPDATE holds h SET status = 'withdrawn', decided_at = now()
    WHERE h.organization_id = ${tx.organizationId} AND ${anyOf('hold_id', holdIds)} AND h.status = 'open'
      AND h.pending IS NULL AND (${settled === true}::boolean OR NOT ${grows})
      AND NOT ${waits('user_links')} AND NOT ${waits('groups')} AND NOT ${waits('user_groups')}
    RETURNING ${sql.join(holdColumns.map((column) => sql.ref(`h.${column}`)))}`
  const [, withdrawn] = await pipelined(lockWindowsOf(tx, holdIds), send(tx.db, closing))
  if (withdrawn.length === 0) return
  await pipelined(closeRoutes(tx, withdrawn), appendHoldEvents(tx, 'hold.withdrawn', withdrawn))
}
