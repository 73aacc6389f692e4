import { type RawBuilder, sql } from 'kysely'

/**
 * The column (a plain name) is one of the ids. One id alone becomes an equality, which is always a probe of the index;
 * a list may be planned as a walk over everything that has the columns before it, such as all members of a group.
 */
export function anyOf(column: string, ids: readonly string[]): RawBuilder<unknown> {
  const [one, ...others] = ids
  return one !== undefined && others.length === 0
    ? sql`${sql.ref(column)} = ${one}::uuid`
    : sql`${sql.ref(column)} = ANY(${ids}::uuid[])`
}
