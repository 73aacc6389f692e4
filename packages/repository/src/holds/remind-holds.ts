import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { pipelined } from '../database/pipelined.ts'
import { readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { closeRoutes } from './close-routes.ts'
import { type HoldRow, holdColumns } from './hold.ts'
import { appendHoldEvents } from './hold-events.ts'
import { lockWindowsOf } from './window.ts'

/** What came of a look at the open holds. */
interface Reminders {
  expired: number
  pending: number
}

/**
 * Ends open holds whose time is over, and says `hold.pending` of the others once a day, in the transaction that notes it:
 * run again, or twice at once, it repeats nothing. One transaction an organization.
 */
export async function remindOfHolds(database: Database, { cause }: { cause: Cause }): Promise<Reminders> {
  // No organization is known yet: the routing table tells who has open holds.
  const routes = await readRoutes(database, (db) =>
    db.selectFrom('hold_routes').select('organization_id').distinct().execute(),
  )
  const sum: Reminders = { expired: 0, pending: 0 }
  for (const { organization_id: organizationId } of routes) {
    const { expired, pending } = await transact(database, scopeTo(organizationId), cause, remindInOrganization)
    sum.expired += expired
    sum.pending += pending
  }
  return sum
}

const returned = sql.join(holdColumns.map((column) => sql.ref(column)))

async function remindInOrganization(tx: Transaction): Promise<Reminders> {
  const expired = await expire(tx)
  const pending = await send(
    tx.db,
    sql<HoldRow>`
    UPDATE holds SET reminded_at = now() WHERE organization_id = ${tx.organizationId} AND status = 'open'
      AND COALESCE(reminded_at, created_at) <= now() - interval '1 day'
    RETURNING ${returned}`,
  )
  await appendHoldEvents(tx, 'hold.pending', pending)
  return { expired: expired.length, pending: pending.length }
}

async function expire(tx: Transaction): Promise<HoldRow[]> {
  const isDue = sql`organization_id = ${tx.organizationId} AND status = 'open' AND expires_at <= now()`
  const due = await send(tx.db, sql<{ hold_id: string }>`SELECT hold_id FROM holds WHERE ${isDue}`)
  if (due.length === 0) return []
  const ids = due.map((row) => row.hold_id)
  // Whatever is being put into one of them is in it by then.
  await lockWindowsOf(tx, ids)
  const expired = await send(
    tx.db,
    sql<HoldRow>`UPDATE holds SET status = 'expired', decided_at = now() WHERE ${isDue}
      AND hold_id = ANY(${ids}::uuid[]) RETURNING ${returned}`,
  )
  await pipelined(closeRoutes(tx, expired), appendHoldEvents(tx, 'hold.expired', expired))
  return expired
}
