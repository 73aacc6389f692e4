import { comparisonKey, type Filter, pathName } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { groupsText } from '../filters/groups-of-user.ts'
import { type DirectoryUserRow, type SelectedUserRow, toUserRow, userColumns } from './read.ts'

/** One user is looked for by something that an index finds, as identity providers do before every write. */
export interface UserLookUp {
  by: UserKey
  /** As the index has it: see `lookUpOf`. */
  value: string
}

/** More than these are no look-up but a list. */
export const foundMax = 8

interface Key {
  fold: (value: string) => string
  /**
   * The ids of who has the value `asked.value`, each once, at most so many. In no order: with one, Postgres may walk all users in
   * that order until it meets them.
   */
  ids: (reader: Reader, directoryId: string, limit: number) => RawBuilder<unknown>
}

const column = (name: string, fold: Key['fold']): Key => ({
  fold,
  ids: (reader, directoryId, limit) => sql`
    SELECT directory_user_id FROM directory_users WHERE organization_id = ${reader.organizationId}
      AND directory_id = ${directoryId} AND ${sql.ref(name)} = asked.value LIMIT ${limit}`,
})

const keys = {
  id: {
    fold: (value) => value.toLowerCase(),
    ids: () => sql`SELECT asked.value::uuid AS directory_user_id`,
  },
  userName: column('user_name_key', comparisonKey),
  externalId: column('external_id', (value) => value),
  'emails.value': {
    fold: comparisonKey,
    ids: (reader, directoryId, limit) => sql`
      SELECT DISTINCT directory_user_id FROM (
        SELECT directory_user_id FROM directory_user_emails WHERE organization_id = ${reader.organizationId}
          AND directory_id = ${directoryId} AND value_key = asked.value OFFSET 0) owners
      LIMIT ${limit}`,
  },
} satisfies Record<string, Key>

export type UserKey = keyof typeof keys

/** The look-up that a filter is: `userName eq "…"`, `externalId eq "…"`, `emails.value eq "…"`; undefined for all others. */
export function lookUpOf(filter: Filter): UserLookUp | undefined {
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined
  const by = pathName(filter.attribute)
  if (!isListKey(by)) return undefined
  return { by, value: keys[by].fold(filter.value) }
}

/** By id is another route, with another answer for nobody. */
function isListKey(name: string): name is Exclude<UserKey, 'id'> {
  return name !== 'id' && Object.hasOwn(keys, name)
}

/**
 * Looks many users up at once, in one statement.
 * @returns for each value who has it, in order of id; of more than `foundMax` one too many, so that callers see it
 */
export async function lookUpDirectoryUsers(
  reader: Reader,
  directoryId: string,
  by: UserKey,
  values: readonly string[],
  options: { withGroups: boolean },
): Promise<Map<string, DirectoryUserRow[]>> {
  const groups = options.withGroups ? groupsText(reader.organizationId, directoryId) : sql`NULL::text`
  const { rows } = await sql<SelectedUserRow & { value: string }>`
    SELECT asked.value, u.directory_user_id AS id, ${userColumns(groups)}
    FROM unnest(${[...new Set(values)]}::text[]) AS asked (value)
    CROSS JOIN LATERAL (${keys[by].ids(reader, directoryId, foundMax + 1)} OFFSET 0) found
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users WHERE organization_id = ${reader.organizationId} AND directory_id = ${directoryId}
        AND directory_user_id = found.directory_user_id OFFSET 0) u
    ORDER BY u.directory_user_id`.execute(reader.db)
  const found = new Map<string, DirectoryUserRow[]>(values.map((value) => [value, []]))
  for (const row of rows) found.get(row.value)?.push(toUserRow(row))
  return found
}
