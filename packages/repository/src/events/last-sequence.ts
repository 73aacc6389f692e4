import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'

/**
 * The number of the last event of the log. Events read by what is sent behind it are all there are up to it, or more: who
 * selects some of them has passed over the others.
 */
export async function lastSequence({ db, organizationId }: Reader): Promise<number> {
  const [row] = await send(
    db,
    sql<{ last_sequence: number }>`
    SELECT last_sequence FROM event_sequences WHERE organization_id = ${organizationId}::uuid`,
  )
  return row?.last_sequence ?? 0
}
