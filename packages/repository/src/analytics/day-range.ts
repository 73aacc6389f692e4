import { type RawBuilder, sql } from 'kysely'

/** Days (UTC) as `YYYY-MM-DD`, both included. */
export interface DayRange {
  from: string
  to: string
}

/**
 * The rows `t` of `daily_tallies` of one directory. Directory and day are compared as one, so that only the key serves:
 * without statistics Postgres else takes the index of the organization's days, and reads those of all directories.
 */
export function daysOfDirectory(
  organizationId: string,
  directoryId: RawBuilder<unknown>,
  { from, to }: DayRange,
): RawBuilder<unknown> {
  return sql`t.organization_id = ${organizationId}::uuid AND t.directory_id = ${directoryId}
    AND (t.directory_id, t.day) >= (${directoryId}, ${from}::date)
    AND (t.directory_id, t.day) <= (${directoryId}, ${to}::date)`
}
