import type { Cause, EventType } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Selectable, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Tables } from '../tables.ts'

/** An event as log and webhook show it. */
export interface EventView {
  id: string
  type: EventType
  timestamp: Date
  organizationId: string
  directoryId: string | null
  sequence: number
  cause: Cause
  data: Record<string, unknown>
}

/**
 * The events behind a sequence number, in order. Because sequence numbers follow the order of commits without a gap, a
 * reader that remembers the last one it saw misses nothing.
 */
export async function listEvents(
  reader: Reader,
  query: { types?: readonly EventType[] | undefined; directoryId?: string | undefined },
  page: { after: number; limit: number },
): Promise<EventView[]> {
  let events = reader.db
    .selectFrom('events')
    .selectAll()
    .where('organization_id', '=', reader.organizationId)
    .where('sequence', '>', page.after)
    .orderBy('sequence')
    .limit(page.limit)
  if (query.directoryId !== undefined) events = events.where('directory_id', '=', query.directoryId)
  if (query.types !== undefined) events = events.where('type', '=', sql<EventType>`ANY(${query.types}::text[])`)
  const rows = await events.execute()
  return rows.map(toEventView)
}

export function toEventView(row: Selectable<Tables['events']>): EventView {
  return {
    id: toTypeId('event', row.event_id),
    type: row.type,
    timestamp: row.occurred_at,
    organizationId: toTypeId('organization', row.organization_id),
    directoryId: row.directory_id && toTypeId('directory', row.directory_id),
    sequence: row.sequence,
    cause: row.cause,
    data: row.data,
  }
}
