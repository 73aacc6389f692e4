import { sql } from 'kysely'
import type { Condition, Sql } from '../filters/sql-condition.ts'
import type { Subject } from '../filters/subject.ts'
import { postgresTypes } from '../filters/value-kinds.ts'
import type { ListPosition } from './list.ts'
import type { Order } from './order.ts'

/**
 * What comes behind a position in an order (all, behind none), as stretches one after the other: each is one range of an
 * index. A single condition with OR would be none.
 */
export function rangesBehind(
  { key, descending }: Order,
  { alias, id, place }: Subject,
  position: ListPosition | undefined,
): Condition[] {
  if (position === undefined) return [true]
  const behind = sql.raw(descending ? '<' : '>')
  const idBehind = sql`${id} ${behind} ${position.id}::uuid`
  if (key === undefined) return [idBehind]
  if (position.key === null) {
    const missingBehind = sql`(${key.value} IS NULL AND ${idBehind})`
    return descending ? [missingBehind, sql`${key.value} IS NOT NULL`] : [missingBehind]
  }
  const last = sql`${position.key}::${postgresTypes[key.kind]}`
  // The directory is the same on both sides; with it the comparison is one of neighbouring columns of the index.
  const directory = sql.ref(`${alias}.directory_id`)
  const valuesBehind: Sql = key.isUnique
    ? sql`${key.value} ${behind} ${last}`
    : sql`(${key.value}, ${directory}, ${id}) ${behind} (${last}, ${place.directoryId}::uuid, ${position.id}::uuid)`
  return descending || key.isNeverMissing ? [valuesBehind] : [valuesBehind, sql`${key.value} IS NULL`]
}
