import type { ResourceTypes } from '@muster/scim'
import { sql } from 'kysely'
import type { Condition, Sql } from './sql-condition.ts'
import type { Value } from './value-kinds.ts'

/** What a list is about: conditions may mention `$ref` and `meta.location`, which begin with the base URL. */
export interface DirectoryPlace {
  directoryId: string
  baseUrl: string
  types: ResourceTypes
}

/** The same, with the organization that is read. */
export interface Place extends DirectoryPlace {
  organizationId: string
}

/** A multi-valued attribute whose elements are rows of another table. */
export interface Relation {
  /** The elements that one resource has, a row each; of a `value` those with this one at least, if they are easier to find. */
  source(value?: string): Sql
  /** Every sub-attribute, by name. */
  fields: Readonly<Record<string, Value>>
  /** The field by which a representation orders the elements. */
  order: Sql
}

/** One resource type as it is stored: what the names in a filter mean in SQL. All maps have canonical path names as keys. */
export interface Subject {
  kind: 'User' | 'Group'
  place: Place
  table: Sql
  alias: 'u' | 'g'
  id: Sql
  /** Single values with a column of their own; the document is not looked at for them. */
  columns: Readonly<Record<string, Value>>
  relations: Readonly<Record<string, Relation>>
  /** What finds the few resources with exactly this value by an index, given the value as it is compared. */
  finders: Readonly<Record<string, (value: string) => Condition>>
  /** Orders that an index has, by what they sort by. */
  indexedOrders: Readonly<Record<string, { isUnique?: boolean; isNeverMissing?: boolean }>>
}

/** The resources of the place, of which conditions then choose. */
export function belongsTo({ organizationId, directoryId }: Place, alias: string): Sql {
  return sql`${sql.ref(`${alias}.organization_id`)} = ${organizationId}::uuid
    AND ${sql.ref(`${alias}.directory_id`)} = ${directoryId}::uuid`
}
