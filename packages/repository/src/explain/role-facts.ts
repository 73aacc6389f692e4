import { type RawBuilder, sql } from 'kysely'
import { type GroupFacts, groupFacts } from './group-facts.ts'
import { explainLimits } from './limits.ts'

/** A role that the person has from a source, with the role mappings that say so. */
export interface RoleFacts {
  role_id: string
  /** `manual`, or `group:` and the UUID of the group. */
  source: string
  mapping_ids: string[] | null
}

/** A role mapping that gives a role, with one of the groups that it means; without one, when there is no such group. */
export interface MappingFacts {
  role_mapping_id: string
  directory_id: string | null
  group_id: string | null
  group_name: string | null
  group: GroupFacts | null
}

/** RoleFacts of a person as JSON. */
export function roleFacts(organizationId: string, userId: string): RawBuilder<unknown> {
  const mine = sql`organization_id = ${organizationId}`
  return sql`(SELECT json_agg(json_build_object('role_id', r.role_id, 'source', r.source, 'mapping_ids', (
      SELECT json_agg(m.role_mapping_id ORDER BY m.role_mapping_id) FROM (
        SELECT role_mapping_id FROM role_mappings WHERE ${mine} AND group_id = g.group_id AND r.role_id = ANY(role_ids)
        UNION
        SELECT role_mapping_id FROM role_mappings WHERE ${mine} AND group_name_key = g.name_key
          AND r.role_id = ANY(role_ids) AND (directory_id IS NULL OR directory_id = g.directory_id)
      ) m)) ORDER BY r.role_id, r.source)
    FROM (
      SELECT role_id, source, CASE WHEN source LIKE 'group:%' THEN substr(source, 7)::uuid END AS source_id
      FROM user_roles WHERE ${mine} AND user_id = ${userId}::uuid ORDER BY role_id, source
      LIMIT ${sql.lit(explainLimits.roles + 1)}) r
    LEFT JOIN LATERAL (SELECT * FROM groups WHERE ${mine} AND group_id = r.source_id OFFSET 0) g ON true)`
}

/** MappingFacts of all role mappings that give a role, as JSON, for one person. */
export function mappingFacts(organizationId: string, userId: string, roleId: string): RawBuilder<unknown> {
  const mine = sql`organization_id = ${organizationId}`
  const meant = sql`
    SELECT group_id FROM groups WHERE ${mine} AND group_id = m.group_id
    UNION ALL
    (SELECT group_id FROM groups WHERE ${mine} AND name_key = m.group_name_key
        AND (m.directory_id IS NULL OR directory_id = m.directory_id)
      ORDER BY group_id LIMIT ${sql.lit(explainLimits.groupsPerMapping)})`
  return sql`(SELECT json_agg(found ORDER BY found.role_mapping_id, found."group" ->> 'group_id') FROM (
      SELECT m.role_mapping_id, m.directory_id, m.group_id, m.group_name, row_to_json(g) AS "group"
      FROM (
        SELECT * FROM role_mappings WHERE ${mine} AND ${roleId} = ANY(role_ids) ORDER BY role_mapping_id
        LIMIT ${sql.lit(explainLimits.mappings + 1)}) m
      LEFT JOIN LATERAL (${groupFacts(organizationId, userId, meant)}) g ON true
      LIMIT ${sql.lit(explainLimits.mappings + 1)}) found)`
}
