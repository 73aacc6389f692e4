import { sql } from 'kysely'
import { addressText, idInAddress, idText, whenId } from './id-conditions.ts'
import type { Condition, Sql } from './sql-condition.ts'
import type { Value } from './value-kinds.ts'

/** The attributes that every resource has, from the row of directory_users `u` or directory_groups `g`. */
export function commonColumns(
  kind: 'User' | 'Group',
  alias: 'u' | 'g',
  id: Sql,
  addressPrefix: string,
): Record<string, Value> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return {
    id: idText(id),
    externalId: { kind: 'text', value: column('external_id') },
    'meta.resourceType': { kind: 'text', value: sql`(${kind}::text COLLATE "C")` },
    'meta.created': { kind: 'instant', value: column('created_at') },
    'meta.lastModified': { kind: 'instant', value: column('updated_at') },
    'meta.location': addressText(sql`${addressPrefix}::text`, id),
    'meta.version': { kind: 'text', value: sql`(('W/"' || ${column('version')} || '"') COLLATE "C")` },
  }
}

export function commonFinders(alias: 'u' | 'g', id: Sql, addressPrefix: string) {
  const byId = (text: string): Condition => whenId(text, (uuid) => sql`${id} = ${uuid}::uuid`)
  return {
    id: byId,
    externalId: (value: string): Condition => sql`${sql.ref(`${alias}.external_id`)} = ${value}`,
    'meta.location': (address: string): Condition => byId(idInAddress(address, addressPrefix) ?? ''),
  }
}
