import { isUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Condition, Sql } from './sql-condition.ts'
import type { Value } from './value-kinds.ts'

/** Ids compare exactly and are shown in lower case: no other text is one. */
export function isOwnId(text: string): boolean {
  return isUuid(text) && text === text.toLowerCase()
}

/** A condition on ids for a text; no resource meets it when the text is no id. */
export function whenId(text: string, condition: (id: string) => Condition): Condition {
  return isOwnId(text) && condition(text)
}

/** An id as SCIM shows it. */
export function idText(id: Sql): Value {
  return { kind: 'text', value: sql`(${id}::text COLLATE "C")` }
}

/** The address of a resource: the base URL, the endpoint, the id. */
export function addressText(prefix: Sql, id: Sql): Value {
  return { kind: 'text', value: sql`((${prefix} || ${id}::text) COLLATE "C")` }
}

/** The id at the end of an address that begins so; undefined for any other address. */
export function idInAddress(address: string, prefix: string): string | undefined {
  return address.startsWith(prefix) ? address.slice(prefix.length) : undefined
}
