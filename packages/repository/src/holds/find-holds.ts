import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { HoldStatus, RemovalKind } from '../tables.ts'
import { type Hold, holdColumns, toHold } from './hold.ts'

/** Which holds; what is undefined narrows nothing. */
export interface HoldQuery {
  status?: HoldStatus | undefined
  directoryId?: string | undefined
}

/** A page of the organization's holds, the newest first; `after` is the id of the last one before the page. */
export async function listHolds(
  reader: Reader,
  query: HoldQuery,
  page: { after: string | undefined; limit: number },
): Promise<Hold[]> {
  let holds = holdsOf(reader, query).select(holdColumns).orderBy('hold_id', 'desc').limit(page.limit)
  if (page.after !== undefined) holds = holds.where('hold_id', '<', page.after)
  return (await holds.execute()).map(toHold)
}

export async function countHolds(reader: Reader, query: HoldQuery): Promise<number> {
  const { count } = await holdsOf(reader, query)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** One hold and what waits in it now; undefined when the organization has none of this id. */
export async function findHold(
  reader: Reader,
  holdId: string,
): Promise<(Hold & { waiting: Record<RemovalKind, number> }) | undefined> {
  const row = await holdsOf(reader, {}).select(holdColumns).where('hold_id', '=', holdId).executeTakeFirst()
  return row && { ...toHold(row), waiting: await countWaiting(reader, holdId) }
}

/** How many removals wait in a hold. */
export async function countWaiting(reader: Reader, holdId: string): Promise<Record<RemovalKind, number>> {
  const count = (table: string) => sql`(SELECT count(*) FROM ${sql.table(table)}
    WHERE organization_id = ${reader.organizationId} AND hold_id = ${holdId})`
  const [row] = await send(
    reader.db,
    sql<Record<RemovalKind, number>>`
    SELECT ${count('user_links')} AS users, ${count('groups')} AS groups, ${count('user_groups')} AS memberships`,
  )
  return row ?? { users: 0, groups: 0, memberships: 0 }
}

function holdsOf({ db, organizationId }: Reader, { status, directoryId }: HoldQuery) {
  let holds = db.selectFrom('holds').where('organization_id', '=', organizationId)
  if (status !== undefined) holds = holds.where('status', '=', status)
  if (directoryId !== undefined) holds = holds.where('directory_id', '=', directoryId)
  return holds
}
