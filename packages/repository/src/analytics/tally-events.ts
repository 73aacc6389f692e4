import { type RawBuilder, sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { countedEvents, membershipEvents } from './counted-events.ts'

const eventsPerPage = 5_000

const sync = sql`type = ${countedEvents.syncs_completed}`

/** A run that says nothing of its duration, or nonsense, counts as none: it must not stop the counting of the others. */
const duration = sql`CASE WHEN json_typeof(data -> 'stats' -> 'duration') = 'number'
  THEN round((data -> 'stats' ->> 'duration')::numeric)::bigint END`

/** What each column adds up of the events of a directory and day. Of an erased event the type is left, which is enough. */
const sums: Readonly<Record<string, RawBuilder<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(countedEvents).map(([column, type]) => [column, sql`count(*) FILTER (WHERE type = ${type})`]),
  ),
  membership_changes: sql`coalesce(sum(json_array_length(data -> 'userIds'))
    FILTER (WHERE type = ANY(${[...membershipEvents]}::text[])), 0)`,
  sync_milliseconds: sql`coalesce(sum(${duration}) FILTER (WHERE ${sync}), 0)`,
}
const columns = Object.keys(sums).map((column) => sql.ref(column))
const added = columns.map((column) => sql`${column} = t.${column} + excluded.${column}`)
const types = [...Object.values(countedEvents), ...membershipEvents]

/**
 * Adds the next 5,000 events behind `after` to the tallies of their directories and days (UTC); answers with the last one
 * that was looked at, `after` itself when there is none. To be run once for each event: in the transaction that remembers it.
 */
export async function tallyEvents(tx: Transaction, after: number): Promise<number> {
  const [row] = await send(
    tx.db,
    sql<{ last: number | null }>`
    WITH page AS MATERIALIZED (
      SELECT sequence, type, directory_id, data, occurred_at FROM events
      WHERE organization_id = ${tx.organizationId}::uuid AND sequence > ${after}::bigint
      ORDER BY sequence LIMIT ${sql.lit(eventsPerPage)}
    ), counted AS (
      INSERT INTO daily_tallies AS t (organization_id, directory_id, day, last_sync_at, ${sql.join(columns)})
      SELECT ${tx.organizationId}::uuid, coalesce(directory_id, ${noDirectory}::uuid), (occurred_at AT TIME ZONE 'UTC')::date,
        max(occurred_at) FILTER (WHERE ${sync}), ${sql.join(Object.values(sums))}
      FROM page WHERE type = ANY(${types}::text[]) GROUP BY directory_id, (occurred_at AT TIME ZONE 'UTC')::date
      ON CONFLICT (organization_id, directory_id, day) DO UPDATE SET
        last_sync_at = greatest(t.last_sync_at, excluded.last_sync_at), ${sql.join(added)}
    )
    SELECT max(sequence) AS last FROM page`,
  )
  return row?.last ?? after
}

/** Stands for what belongs to no directory: a column of the key cannot be null. */
const noDirectory = '00000000-0000-0000-0000-000000000000'
