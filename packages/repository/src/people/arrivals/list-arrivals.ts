import type { Cause } from '@muster/events'
import type { Reader } from '../../database/read.ts'

/** A directory user without a person: the hook was not asked about it yet, or said no. */
export interface Arrival {
  directoryId: string
  directoryUserId: string
  /** Of the person to be. */
  userId: string
  state: 'waiting' | 'vetoed'
  /** What the application said. */
  reason: string | null
  /** Why there is no decision yet, as far as one was asked for. */
  error: string | null
  cause: Cause
  arrivedAt: Date
  askedAt: Date | null
}

export interface ArrivalQuery {
  state?: 'waiting' | 'vetoed' | undefined
}

/** A page of arrivals by the id of the person to be. */
export async function listArrivals(
  { db, organizationId }: Reader,
  { state }: ArrivalQuery,
  page: { after: string | undefined; limit: number },
): Promise<Arrival[]> {
  let selected = db
    .selectFrom('arrivals')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('user_id')
    .limit(page.limit)
  if (state !== undefined) selected = selected.where('state', '=', state)
  if (page.after !== undefined) selected = selected.where('user_id', '>', page.after)
  const rows = await selected.execute()
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

export async function countArrivals({ db, organizationId }: Reader, { state }: ArrivalQuery): Promise<number> {
  const selected = db
    .selectFrom('arrivals')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
  const counted = state === undefined ? selected : selected.where('state', '=', state)
  return Number((await counted.executeTakeFirstOrThrow()).count)
}
