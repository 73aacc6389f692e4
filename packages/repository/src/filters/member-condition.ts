import { type CompareOperator, comparisonKey, type MemberFilter } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'

type Sql = RawBuilder<unknown>

/** The operators of RFC 7644 §3.4.2.2 over two texts, in code-point order. */
const operators: Record<CompareOperator, (field: Sql, value: string) => Sql> = {
  eq: (field, value) => sql`${field} = ${value}`,
  ne: (field, value) => sql`${field} <> ${value}`,
  co: (field, value) => sql`strpos(${field}, ${value}) > 0`,
  sw: (field, value) => sql`starts_with(${field}, ${value})`,
  ew: (field, value) => sql`right(${field}, length(${value}::text)) = ${value}`,
  gt: (field, value) => sql`${field} COLLATE "C" > ${value}`,
  ge: (field, value) => sql`${field} COLLATE "C" >= ${value}`,
  lt: (field, value) => sql`${field} COLLATE "C" < ${value}`,
  le: (field, value) => sql`${field} COLLATE "C" <= ${value}`,
}

const memberId = sql`m.member_id::text`
const memberType = sql`CASE WHEN m.child_group_id IS NULL THEN 'user' ELSE 'group' END`

/** The rows of `memberships m` that a filter over members selects. */
export function memberCondition(filter: MemberFilter): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return sql`(${sql.join(filter.terms.map(memberCondition), sql.raw(` ${filter.kind} `))})`
    case 'not':
      return sql`NOT (${memberCondition(filter.term)})`
    case 'present':
      // Every member has an id and a type.
      return sql`true`
    case 'compare':
      return filter.field === 'value'
        ? operators[filter.operator](memberId, filter.value)
        : operators[filter.operator](memberType, comparisonKey(filter.value))
  }
}
