import { type AttributePath, pathName, type Sort } from '@muster/scim'
import { sql } from 'kysely'
import { stepsInDocument } from '../filters/document-scope.ts'
import { chiefAt, documentForms, valueAt } from '../filters/json-values.ts'
import type { Sql } from '../filters/sql-condition.ts'
import type { Subject } from '../filters/subject.ts'
import type { Value } from '../filters/value-kinds.ts'

/** What resources are sorted by before their id; NULL for those without a value. */
export interface OrderKey extends Value {
  /** No two resources of a directory have the same. */
  isUnique: boolean
  isNeverMissing: boolean
}

/**
 * An order of the resources of a directory. Who has no key stands last, descending first (RFC 7644 §3.4.2.3); ids decide
 * between equals. Descending is the reverse of ascending in every respect, so that an index has both.
 */
export interface Order {
  /** Undefined: by id alone, which is the order of creation. */
  key: OrderKey | undefined
  descending: boolean
  /** Whether an index has this order. */
  hasIndex: boolean
}

export function orderOf(subject: Subject, sort: Sort | undefined): Order {
  if (sort === undefined) return { key: undefined, descending: false, hasIndex: true }
  const { attribute, descending } = sort
  const name = pathName(attribute)
  if (name === 'id') return { key: undefined, descending, hasIndex: true }
  const { isUnique = false, isNeverMissing = false } = subject.indexedOrders[name] ?? {}
  const hasIndex = name in subject.indexedOrders
  const value = sortedBy(subject, attribute)
  // The columns behind an index have NULL for an empty text; an expression around them would hide the index.
  const sorted = hasIndex || value.kind !== 'text' ? value.value : sql`nullif(${value.value}, '')`
  return { key: { kind: value.kind, value: sorted, isUnique, isNeverMissing }, descending, hasIndex }
}

/** The value that an attribute has for sorting: of several that of the primary element, else of the first. */
function sortedBy(subject: Subject, path: AttributePath): Value {
  const relation = path.extension === undefined ? subject.relations[path.attribute.name] : undefined
  const field = relation?.fields[path.subAttribute?.name ?? 'value']
  if (relation && field) {
    return {
      kind: field.kind,
      value: sql`(SELECT ${field.value} FROM ${relation.source()} ORDER BY ${relation.order} LIMIT 1)`,
    }
  }
  const column = subject.columns[pathName(path)]
  if (column) return column
  const forms = stepsInDocument(path).reduce(chiefAt, documentForms(subject.alias))
  return valueAt(path.subAttribute ?? path.attribute, forms, [])
}

/** The words behind ORDER BY, over expressions for key and id. NULL stands where an index has it: last, descending first. */
export function orderWords({ key, descending }: Order, columns: { key: Sql; id: Sql }): Sql {
  const direction = descending ? sql`DESC` : sql`ASC`
  const byId = sql`${columns.id} ${direction}`
  if (key === undefined) return byId
  const byKey = sql`${columns.key} ${direction}`
  return key.isUnique ? byKey : sql`${byKey}, ${byId}`
}
