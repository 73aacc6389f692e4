import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { comparisonKey, type Filter, pathName } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'

/** The directory that a condition is about. */
export interface Place {
  organizationId: string
  directoryId: string
}

/**
 * A condition on one row of directory_users `u` or directory_groups `g`. It always stands in parentheses behind the
 * organization and the directory, so that no OR inside it can reach past them.
 */
export type IdCondition = (place: Place) => RawBuilder<unknown>

/** How `attribute eq value` becomes SQL that an index serves. */
export type Equalities = Readonly<Record<string, (value: string) => RawBuilder<unknown>>>

export const everything: IdCondition = () => sql`true`

/**
 * Turns a filter into a condition: `eq` on the attributes of the table, joined by `and`, `or`, `not`, and value paths
 * over attributes that have a table of their own.
 * @throws `invalidFilter` for what cannot be answered by an index: never a silent "everything"
 */
export function toCondition(filter: Filter, equalities: Equalities, elements: ElementTables = {}): RawBuilder<unknown> {
  const recurse = (term: Filter) => toCondition(term, equalities, elements)
  switch (filter.kind) {
    case 'and':
    case 'or':
      return sql`(${sql.join(filter.terms.map(recurse), sql.raw(` ${filter.kind} `))})`
    case 'not':
      return sql`NOT coalesce(${recurse(filter.term)}, false)`
    case 'element': {
      const table = elements[pathName(filter.attribute)]
      if (table === undefined) throw unsupported(pathName(filter.attribute))
      return table(toElementCondition(filter.filter), namesValue(filter.filter))
    }
    case 'compare': {
      const equality = equalities[pathName(filter.attribute)]
      if (equality === undefined || filter.operator !== 'eq') throw unsupported(pathName(filter.attribute))
      return equality(String(filter.value))
    }
    case 'present':
      throw unsupported(pathName(filter.attribute))
  }
}

/**
 * Conditions on the elements of a multi-valued attribute with a table: over its `value_key` and `type_key`. `byValue`:
 * only few elements can match, those of a value.
 */
type ElementTables = Readonly<Record<string, (inner: RawBuilder<unknown>, byValue: boolean) => RawBuilder<unknown>>>

function namesValue(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.some(namesValue)
    case 'or':
      return filter.terms.every(namesValue)
    case 'compare':
      return pathName(filter.attribute) === 'emails.value'
    default:
      return false
  }
}

function toElementCondition(filter: Filter): RawBuilder<unknown> {
  const column = (name: string) => (value: string) => sql`${sql.ref(`e.${name}_key`)} = ${comparisonKey(value)}`
  return toCondition(filter, { 'emails.value': column('value'), 'emails.type': column('type') })
}

function unsupported(name: string): MusterError {
  return new MusterError('invalidFilter', `This filter on "${name}" is not supported.`)
}

/** `id eq "…"`: what is not a UUID is nobody's id. */
export function idEquality(column: string): (value: string) => RawBuilder<unknown> {
  return (value) => (isUuid(value) ? sql`${sql.ref(column)} = ${value}::uuid` : sql`false`)
}
