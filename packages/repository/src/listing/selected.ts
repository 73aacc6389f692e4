import { pathName } from '@muster/scim'
import { sql } from 'kysely'
import { narrownessOf } from '../filters/narrowness.ts'
import { type Condition, type Sql, toSql } from '../filters/sql-condition.ts'
import { belongsTo, type Subject } from '../filters/subject.ts'
import { toCondition } from '../filters/to-condition.ts'
import type { ListSelection } from './list.ts'
import { type Order, orderOf, orderWords } from './order.ts'

/** A piece of a list in its order. */
export interface Cut {
  offset: number
  limit: number
}

/** The resources of one kind that a list is about, before it is cut into pages. */
export interface Selected {
  subject: Subject
  selection: ListSelection
  condition: Condition
  order: Order
  /**
   * Whether they are found first and put in order then. Otherwise the order is walked along until the page is full.
   */
  gathers: boolean
  /** Whether an index leads to them, so that no time limit of its own is needed. */
  isIndexed: boolean
}

export function select(
  subject: Subject,
  selection: ListSelection,
  order: Order = orderOf(subject, selection.sort),
): Selected {
  const { filter, sort } = selection
  const narrowness = filter === undefined ? undefined : narrownessOf(filter, subject)
  // A range of time and the order of time are one walk.
  const isByTime = sort !== undefined && pathName(sort.attribute) === 'meta.lastModified'
  return {
    subject,
    selection,
    condition: filter === undefined || toCondition(filter, subject),
    order,
    gathers: !order.hasIndex || narrowness === 'few' || (narrowness === 'recent' && !isByTime),
    isIndexed: narrowness === 'few' || (filter === undefined && order.hasIndex),
  }
}

/** `FROM … WHERE …`: the directory's resources that the filter selects. */
export function matching({ subject, condition }: Selected, range: Condition = true): Sql {
  const where = sql`FROM ${subject.table}
    WHERE ${belongsTo(subject.place, subject.alias)} AND (${toSql(condition)})`
  return range === true ? where : sql`${where} AND (${toSql(range)})`
}

/**
 * Numbers of rows, as the planner is told of them. It takes a parameter of LIMIT or OFFSET for a tenth of everything, and
 * would rather sort a whole directory than walk along an index for that.
 */
const sizes = [128, 1_024, 16_384, 262_144, 4_194_304]

/** Whether a page is near enough to the beginning for its statement to be one of few. */
export function isNear({ offset, limit }: Cut): boolean {
  return offset + limit <= 1_024
}

/** A page of ids with their keys: `id`, `key`. Documents are joined to it: a deep page does not read those it skips. */
export function idsOf(selected: Selected, range: Condition, { offset, limit }: Cut): Sql {
  const { subject, order, gathers } = selected
  const key = order.key?.value ?? sql`NULL::text`
  const found = sql`SELECT ${subject.id} AS id, ${key} AS key ${matching(selected, range)}`
  const ordered = gathers
    ? sql`SELECT * FROM (${found} OFFSET 0) found
      ORDER BY ${orderWords(order, { key: sql.ref('found.key'), id: sql.ref('found.id') })}`
    : sql`${found} ORDER BY ${orderWords(order, { key, id: subject.id })}`
  const size = sizes.find((rows) => rows >= offset + limit)
  const limited = size === undefined ? ordered : sql`${ordered} LIMIT ${sql.lit(size)}`
  return sql`SELECT * FROM (${limited}) front OFFSET ${offset} LIMIT ${limit}`
}
