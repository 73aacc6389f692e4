import type { Cause, EventType } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'

/** An event that a transaction led to. */
export interface ToldEvent {
  sequence: number
  type: EventType
  id: string
}

/**
 * As `transact`, and answers with the events that came of it, in order, `eventsMax` at most. The transaction is told
 * apart from those beside it by its number in Postgres.
 */
export async function transactAndTell(
  database: Database,
  scope: OrganizationScope,
  { cause, eventsMax }: { cause: Cause; eventsMax: number },
  work: (tx: Transaction) => Promise<void>,
): Promise<ToldEvent[]> {
  const { number, base } = await transact(database, scope, cause, async (tx) => {
    const [before] = await send(
      tx.db,
      sql<{ number: string; base: number }>`
      SELECT pg_current_xact_id()::xid::text AS number, last_sequence AS base FROM event_sequences
      WHERE organization_id = ${tx.organizationId}`,
    )
    if (before === undefined) throw new Error('The organization has no sequence of events')
    await work(tx)
    return before
  })
  const rows = await read(database, scope, (reader) =>
    send(
      reader.db,
      sql<{ sequence: number; type: EventType; event_id: string }>`
      SELECT e.sequence, e.type, e.event_id FROM events e
      WHERE e.organization_id = ${reader.organizationId} AND e.sequence > ${base} AND e.xmin = ${number}::text::xid
      ORDER BY e.sequence LIMIT ${eventsMax}`,
    ),
  )
  return rows.map(({ sequence, type, event_id: eventId }) => ({ sequence, type, id: toTypeId('event', eventId) }))
}
