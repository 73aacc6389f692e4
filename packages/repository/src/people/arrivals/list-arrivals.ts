import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Reader } from '../../database/read.ts'

/** A directory user without a person: the hook was not asked about it yet, or said no. */
export interface Arrival {
  directoryId: string
  directoryUserId: string
  /** Of the person to be. */
  userId: string
  state: ArrivalState
  /** What the application said. */
  reason: string | null
  /** Why there is no decision yet, as far as one was asked for. */
  error: string | null
  cause: Cause
  arrivedAt: Date
  askedAt: Date | null
}

export type ArrivalState = 'waiting' | 'vetoed'

/** Before all ids; literal, for the indexes that are for lists alone (migration 0014). */
const beforeAll = sql<string>`'00000000-0000-0000-0000-000000000000'`

/** A page of arrivals in a state, by the id of the person to be. */
export async function listArrivals(
  { db, organizationId }: Reader,
  state: ArrivalState,
  page: { after: string | undefined; limit: number },
): Promise<Arrival[]> {
  const rows = await db
    .selectFrom('arrivals')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('state', '=', state)
    .where('user_id', '>', beforeAll)
    .where('user_id', '>', page.after ?? beforeAll)
    .orderBy('user_id')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    directoryId: row.directory_id,
    directoryUserId: row.directory_user_id,
    userId: row.user_id,
    state: row.state,
    reason: row.reason,
    error: row.error,
    cause: row.cause,
    arrivedAt: row.arrived_at,
    askedAt: row.asked_at,
  }))
}

export async function countArrivals({ db, organizationId }: Reader, state: ArrivalState): Promise<number> {
  const { count } = await db
    .selectFrom('arrivals')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('state', '=', state)
    .where('user_id', '>', beforeAll)
    .executeTakeFirstOrThrow()
  return Number(count)
}
