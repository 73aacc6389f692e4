import { type RawBuilder, sql } from 'kysely'

export type Sql = RawBuilder<unknown>

/** A condition on a row, or what is known of it before any row is looked at. NULL counts as false. */
export type Condition = Sql | boolean

export function allOf(conditions: readonly Condition[]): Condition {
  if (conditions.includes(false)) return false
  return joined(conditions, 'AND') ?? true
}

export function someOf(conditions: readonly Condition[]): Condition {
  if (conditions.includes(true)) return true
  return joined(conditions, 'OR') ?? false
}

/** The complement: what is neither true nor false is not true. */
export function complementOf(condition: Condition): Condition {
  return typeof condition === 'boolean' ? !condition : sql`NOT coalesce(${condition}, false)`
}

/** Rows of `source` that meet the condition exist. */
export function exists(source: Sql, condition: Condition): Condition {
  return condition === false ? false : sql`EXISTS (SELECT FROM ${source} WHERE ${toSql(condition)})`
}

export function toSql(condition: Condition): Sql {
  if (typeof condition !== 'boolean') return condition
  return condition ? sql`true` : sql`false`
}

function joined(conditions: readonly Condition[], word: 'AND' | 'OR'): Sql | undefined {
  const open = conditions.filter((condition) => typeof condition !== 'boolean')
  if (open.length < 2) return open[0]
  return sql`(${sql.join(open, sql.raw(` ${word} `))})`
}
