import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { send } from '../database/send.ts'
import { advanceFollower } from '../followers/advance-follower.ts'
import type { Follower } from '../followers/follower.ts'
import { tallyEvents } from './tally-events.ts'

/** Pages that somebody who asks for numbers waits for. */
const pagesNowMax = 4

/**
 * Counts the next page of events for an organization (a follower of the kind `tally`), each event once, whoever else does
 * the same at the same time. Answers with whether anything was counted: more may follow.
 */
export function tallyLog(database: Database, follower: Follower): Promise<boolean> {
  return advanceFollower(database, follower, (tx, { after }) => tallyEvents(tx, after))
}

/**
 * Counts what is not counted yet, as far as that is quick (20,000 events) and nobody else is at it; answers with the
 * sequence number of the last event that is counted.
 */
export async function tallyNow(database: Database, scope: OrganizationScope): Promise<number> {
  const { organizationId } = scope
  const follower = { kind: 'tally', organizationId, followerId: organizationId } as const
  for (let page = 0; ; page++) {
    const { counted, last } = await positionOf(database, scope)
    if (counted >= last || page === pagesNowMax || !(await tallyLog(database, follower))) return counted
  }
}

async function positionOf(database: Database, scope: OrganizationScope): Promise<{ counted: number; last: number }> {
  const [row] = await read(database, scope, ({ db, organizationId }) =>
    send(
      db,
      sql<{ counted: number; last: number }>`SELECT f.sequence AS counted, log.last_sequence AS last
        FROM followers f JOIN event_sequences log ON log.organization_id = f.organization_id
        WHERE f.kind = 'tally' AND f.organization_id = ${organizationId}::uuid AND f.follower_id = ${organizationId}::uuid
          AND log.organization_id = ${organizationId}::uuid`,
    ),
  )
  if (row === undefined) throw new Error('Nobody counts the events of this organization')
  return row
}
