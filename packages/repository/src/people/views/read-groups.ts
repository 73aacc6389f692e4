import { sql } from 'kysely'
import type { Reader } from '../../database/read.ts'
import { send } from '../../database/send.ts'
import type { GroupRow } from './group-view.ts'

/** Groups of people by id, in order of it. */
export function readGroups(reader: Reader, ids: readonly string[]): Promise<GroupRow[]> {
  return send(
    reader.db,
    sql<GroupRow>`
    SELECT g.* FROM (
      SELECT DISTINCT id::uuid AS id FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS asked (id)) given
    CROSS JOIN LATERAL (
      SELECT * FROM groups WHERE organization_id = ${reader.organizationId} AND group_id = given.id OFFSET 0) g
    ORDER BY g.group_id`,
  )
}

/** The names of groups, in the order in which people show them. */
export function readGroupNames(reader: Reader, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return send(
    reader.db,
    sql<{ id: string; name: string }>`
    SELECT g.group_id AS id, g.name FROM json_array_elements_text(${JSON.stringify(ids)}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT group_id, name FROM groups WHERE organization_id = ${reader.organizationId} AND group_id = given.id::uuid OFFSET 0) g
    ORDER BY g.name, g.group_id`,
  )
}
