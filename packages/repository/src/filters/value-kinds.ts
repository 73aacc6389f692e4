import { type Attribute, type AttributeType, type CompareOperator, comparisonKey, type FilterValue } from '@muster/scim'
import { sql } from 'kysely'
import type { Condition, Sql } from './sql-condition.ts'

/** How values are held while they are compared: each kind is a type of Postgres with an order of its own. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'instant'

/** An expression of one kind; NULL where there is no value. */
export interface Value {
  kind: ValueKind
  value: Sql
}

/** The types as Postgres calls them; text in code-point order. */
export const postgresTypes: Record<ValueKind, Sql> = {
  text: sql`text COLLATE "C"`,
  number: sql`numeric`,
  boolean: sql`boolean`,
  instant: sql`timestamptz`,
}

export type DocumentKind = Exclude<ValueKind, 'instant'>

/** A dateTime in a document is in the form of `canonicalInstant`, whose order as text is that of time. */
export const kindOfType: Record<AttributeType, DocumentKind> = {
  complex: 'text',
  string: 'text',
  reference: 'text',
  binary: 'text',
  dateTime: 'text',
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
}

/** Whether values of an attribute are compared in folded form. */
export function isFolded({ type, caseExact }: Attribute): boolean {
  return type === 'string' && !caseExact
}

type Comparison = (value: Sql, wanted: Sql) => Sql

/** The operators of RFC 7644 §3.4.2.2, table 3, but for `ne`, which also holds where there is no value. */
const comparisons: Record<Exclude<CompareOperator, 'ne'>, Comparison> = {
  eq: (value, wanted) => sql`${value} = ${wanted}`,
  co: (value, wanted) => sql`strpos(${value}, ${wanted}) > 0`,
  sw: (value, wanted) => sql`starts_with(${value}, ${wanted})`,
  ew: (value, wanted) => sql`right(${value}, length(${wanted})) = ${wanted}`,
  gt: (value, wanted) => sql`${value} > ${wanted}`,
  ge: (value, wanted) => sql`${value} >= ${wanted}`,
  lt: (value, wanted) => sql`${value} < ${wanted}`,
  le: (value, wanted) => sql`${value} <= ${wanted}`,
}

/** What the operators say of a text that is there, and so not empty, when it is compared with the empty text. */
const comparedWithEmpty: Record<keyof typeof comparisons, boolean> = {
  eq: false,
  co: true,
  sw: true,
  ew: true,
  gt: true,
  ge: true,
  lt: false,
  le: false,
}

/** Whether a value is there; an empty text is not (RFC 7644 §3.4.2.2, `pr`). */
export function isPresent({ kind, value }: Value): Sql {
  return kind === 'text' ? sql`${value} <> ''` : sql`${value} IS NOT NULL`
}

/** The literal as it is compared with the values of an attribute. */
export function literalFor(attribute: Attribute, literal: FilterValue): FilterValue {
  return typeof literal === 'string' && isFolded(attribute) ? comparisonKey(literal) : literal
}

/** Whether a present value compares so; of an absent one it is not true. */
export function compareValue(operand: Value, operator: keyof typeof comparisons, literal: FilterValue): Condition {
  const { kind, value } = operand
  if (literal === '') return comparedWithEmpty[operator] && isPresent(operand)
  // As an index on the condition has it.
  if (kind === 'boolean') return literal === true ? value : sql`NOT ${value}`
  const holds = comparisons[operator](value, bound(kind, literal))
  const emptyWouldDo = kind === 'text' && (operator === 'lt' || operator === 'le')
  return emptyWouldDo ? sql`(${holds} AND ${isPresent(operand)})` : holds
}

/** Whether a value, or the lack of one, is something else than the literal. */
export function isDifferent({ kind, value }: Value, literal: FilterValue): Condition {
  return literal === '' || sql`${value} IS DISTINCT FROM ${bound(kind, literal)}`
}

function bound(kind: ValueKind, literal: FilterValue): Sql {
  return sql`${kind === 'number' ? String(literal) : literal}::${postgresTypes[kind]}`
}
