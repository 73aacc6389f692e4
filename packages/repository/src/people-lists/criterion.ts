import { sql } from 'kysely'
import type { Sql } from '../filters/sql-condition.ts'

/** One of the things that a query asks of the rows of a list; all of them must hold. */
export interface Criterion {
  /** On a row of the listed table, called `listed`. */
  holds: Sql
  /** What leads to its rows; undefined when nothing does and other criteria, or the whole list, must. */
  finder?: Finder
}

export type Finder = OrderedFinder | GatheringFinder

/** Rows of a table, called `w`, which an index has in the order of the ids of what is found. */
export interface OrderedFinder {
  kind: 'ordered'
  table: Sql
  condition: Sql
  /** Where several may stand for one that is found: which of them counts. */
  counts?: Sql
  /** The id of what is found. */
  id: Sql
}

/**
 * Queries of one column, `id`, each a range of an index, in no order; together they may find a row more than once.
 * `key`: few by nature. `range`: perhaps nearly all.
 */
export interface GatheringFinder {
  kind: 'key' | 'range'
  queries: readonly Sql[]
}

/** What a list is of, and what is asked. */
export interface Listed {
  organizationId: string
  table: 'users' | 'groups'
  /** The column of the id. */
  id: 'user_id' | 'group_id'
  /** The most promising finders first. */
  criteria: readonly Criterion[]
}

/** Rows behind an id, at most so many. */
export interface PeoplePage {
  after: string | undefined
  limit: number
}

/** Everything: the primary key. */
export function everything({ organizationId, table, id }: Listed): OrderedFinder {
  return {
    kind: 'ordered',
    table: sql.table(table),
    condition: sql`w.organization_id = ${organizationId}::uuid`,
    id: sql.ref(`w.${id}`),
  }
}
