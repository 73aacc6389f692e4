import type { GuardLimits } from '@muster/people'
import { type RawBuilder, sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { RemovalKind } from '../tables.ts'

/** How far back the guard looks at what a directory pushed. */
const windowMinutes = 60

const populations: Record<RemovalKind, string> = {
  users: 'active_user_count',
  groups: 'group_count',
  memberships: 'membership_count',
}

/** One at a time judges the removals of a directory; a statement of its own, sent before the one that judges. */
export function lockWindow(tx: Transaction, directoryId: string): Promise<unknown> {
  return send(tx.db, sql`SELECT pg_advisory_xact_lock(hashtextextended(${`removals ${directoryId}`}, 0))`)
}

/** The same for the directories of holds, in order of id: nobody puts anything into them then. */
export function lockWindowsOf(tx: Transaction, holdIds: readonly string[]): Promise<unknown> {
  return send(
    tx.db,
    sql`SELECT pg_advisory_xact_lock(hashtextextended('removals ' || directory_id, 0)) FROM (
      SELECT DISTINCT directory_id FROM holds WHERE organization_id = ${tx.organizationId}
        AND ${anyOf('hold_id', holdIds)} AND directory_id IS NOT NULL ORDER BY directory_id OFFSET 0) concerned`,
  )
}

/**
 * A condition: whether `more` removals are too many, together with what the directory pushed within the hour. The share is
 * one of what was there before. As `trips` of packages/people says, in SQL.
 */
export function tripsWindow(
  tx: Transaction,
  directoryId: string,
  kind: RemovalKind,
  limits: GuardLimits | 'off',
  more: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (limits === 'off') return sql`false`
  const sum = (column: string) => sql`(SELECT COALESCE(sum(${sql.ref(column)}), 0) FROM removal_counts
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId} AND kind = ${kind}
      AND minute > now() - ${sql.lit(`${windowMinutes} minutes`)}::interval)`
  const population = sql`COALESCE((SELECT ${sql.ref(populations[kind])} FROM directory_counts
    WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId}), 0) + ${sum('applied')}`
  return sql`(SELECT removals > ${limits.removalsMax}::bigint OR (removals * 100 > ${limits.percentMax}::numeric * population
      AND (population >= ${limits.populationMin}::bigint OR removals >= ${limits.removalsMin}::bigint))
    FROM (SELECT ${sum('asked')} + ${more} AS removals, ${population} AS population) judged)`
}

/**
 * Adds to what a directory pushed in this minute; what was there of the same minute an hour ago, out of the window, gives way.
 * No statement for nothing.
 */
export async function noteRemovals(
  tx: Transaction,
  directoryId: string,
  kind: RemovalKind,
  removals: { asked: number; applied: number },
): Promise<void> {
  if (removals.asked === 0) return
  const added = (column: string) => sql`excluded.${sql.ref(column)} +
    CASE WHEN counted.minute = excluded.minute THEN counted.${sql.ref(column)} ELSE 0 END`
  await send(
    tx.db,
    sql`
    INSERT INTO removal_counts AS counted (organization_id, directory_id, kind, minute_of_hour, minute, asked, applied)
    VALUES (${tx.organizationId}, ${directoryId}, ${kind}, extract(minute FROM now()), date_trunc('minute', now()),
      ${removals.asked}, ${removals.applied})
    ON CONFLICT (organization_id, directory_id, kind, minute_of_hour) DO UPDATE
      SET minute = excluded.minute, asked = ${added('asked')}, applied = ${added('applied')}`,
  )
}
