import type { RoleRule } from '@muster/people'
import { isUuid } from '@muster/runtime/type-ids'
import type { Selectable } from 'kysely'
import type { Reader } from '../database/read.ts'
import type { Tables } from '../tables.ts'

/** A group, or groups by their name, and the roles that their people have. Ids are UUIDs, as in the rule. */
export interface RoleMapping {
  roleMappingId: string
  rule: RoleRule
  createdAt: Date
  updatedAt: Date
}

function toRoleMapping(row: Selectable<Tables['role_mappings']>): RoleMapping {
  return {
    roleMappingId: row.role_mapping_id,
    rule: {
      ...(row.group_id !== null && { groupId: row.group_id }),
      ...(row.group_name !== null && { groupName: row.group_name }),
      ...(row.directory_id !== null && { directoryId: row.directory_id }),
      roleIds: row.role_ids,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function mappingsOf({ db, organizationId }: Reader) {
  return db.selectFrom('role_mappings').where('organization_id', '=', organizationId)
}

/** A page of the organization's role mappings by id. */
export async function listRoleMappings(
  reader: Reader,
  page: { after: string | undefined; limit: number },
): Promise<RoleMapping[]> {
  const query = mappingsOf(reader).selectAll().orderBy('role_mapping_id').limit(page.limit)
  const rows = await (page.after === undefined ? query : query.where('role_mapping_id', '>', page.after)).execute()
  return rows.map(toRoleMapping)
}

export async function countRoleMappings(reader: Reader): Promise<number> {
  const { count } = await mappingsOf(reader)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** One role mapping; undefined when the organization has none of this id. */
export async function findRoleMapping(reader: Reader, roleMappingId: string): Promise<RoleMapping | undefined> {
  if (!isUuid(roleMappingId)) return undefined
  const row = await mappingsOf(reader).selectAll().where('role_mapping_id', '=', roleMappingId).executeTakeFirst()
  return row && toRoleMapping(row)
}
