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
