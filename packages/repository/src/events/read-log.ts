import { MusterError } from '@muster/runtime/errors'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { type EventView, listEvents } from './list-events.ts'

/**
 * The same as `listEvents`, for a reader that must not miss anything.
 * @throws `gone` when the log no longer has what comes behind the number: it was dropped with its month
 */
export async function readLog(
  reader: Reader,
  query: Parameters<typeof listEvents>[1],
  page: { after: number; limit: number },
): Promise<EventView[]> {
  const events = await listEvents(reader, query, page)
  // What follows right behind has not been dropped.
  if (events[0]?.sequence !== page.after + 1) await assertKept(reader, page.after)
  return events
}

async function assertKept({ db, organizationId }: Reader, after: number): Promise<void> {
  // Of an empty log the event that comes next.
  const [row] = await send(
    db,
    sql<{ first: number }>`
    SELECT COALESCE(
      (SELECT sequence FROM events WHERE organization_id = ${organizationId}::uuid ORDER BY sequence LIMIT 1),
      (SELECT last_sequence + 1 FROM event_sequences WHERE organization_id = ${organizationId}::uuid)) AS first`,
  )
  if (row === undefined || after + 1 >= row.first) return
  throw new MusterError(
    'gone',
    `The log begins with sequence number ${row.first}. Take GET /api/events/snapshot, and go on behind the number it names.`,
  )
}
