import type { RoleRule } from '@muster/people'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { assertRuleLeads } from './assert-rule.ts'
import { groupsOfRules, peopleOfGroups } from './groups-of-rules.ts'
import { findRoleMapping } from './role-mapping.ts'

/** What a change of a role mapping would do to a role: how many people would have it who do not, and the other way round. */
export interface RoleImpact {
  roleId: string
  gaining: number
  losing: number
}

interface MappingDraft {
  /** The mapping to replace; undefined adds one. */
  roleMappingId?: string | undefined
  /** What it is to say; null deletes it. */
  rule: RoleRule | null
}

/**
 * What a change of role mappings would do to people, without making it, a line a role of the mapping; undefined when the
 * mapping to replace is not there.
 * @throws `invalidValue` for a group or directory that is not there
 */
export async function previewRoleMapping(
  reader: Reader,
  { roleMappingId, rule }: MappingDraft,
): Promise<RoleImpact[] | undefined> {
  const before = roleMappingId === undefined ? undefined : await findRoleMapping(reader, roleMappingId)
  if (roleMappingId !== undefined && before === undefined) return undefined
  if (rule !== null) await assertRuleLeads(reader, rule)
  const own = sql`organization_id = ${reader.organizationId}`
  const meant = (rules: readonly RoleRule[]) => groupsOfRules(reader.organizationId, rules)
  const rules = [...(before === undefined ? [] : [before.rule]), ...(rule === null ? [] : [rule])]
  const roleIds = [...new Set(rules.flatMap((one) => one.roleIds))].sort()
  return send(
    reader.db,
    sql<RoleImpact>`
    WITH drafted AS MATERIALIZED (${meant(rule === null ? [] : [rule])}),
    concerned AS MATERIALIZED (
      SELECT DISTINCT user_id FROM (${peopleOfGroups(reader.organizationId, meant(rules))}) people),
    asked AS MATERIALIZED (SELECT unnest(${roleIds}::text[]) COLLATE "C" AS role_id),
    has AS MATERIALIZED (
      SELECT c.user_id, asked.role_id, bool_or(r.source IS NOT NULL) AS now,
        bool_or(COALESCE(r.source = 'manual', false)) AS by_hand
      FROM concerned c CROSS JOIN asked
      LEFT JOIN LATERAL (SELECT source FROM user_roles WHERE ${own} AND user_id = c.user_id
        AND role_id = asked.role_id OFFSET 0) r ON true
      GROUP BY c.user_id, asked.role_id
    ),
    wanted AS MATERIALIZED (
      SELECT DISTINCT c.user_id, role.role_id COLLATE "C" AS role_id FROM concerned c
      CROSS JOIN LATERAL (SELECT group_id FROM user_groups WHERE ${own} AND user_id = c.user_id OFFSET 0) ug
      CROSS JOIN LATERAL (SELECT * FROM groups WHERE ${own} AND group_id = ug.group_id OFFSET 0) g
      CROSS JOIN LATERAL (
        SELECT unnest(role_ids) AS role_id FROM role_mappings WHERE ${own} AND group_id = g.group_id
          AND role_mapping_id IS DISTINCT FROM ${roleMappingId ?? null}::uuid
        UNION ALL
        SELECT unnest(role_ids) FROM role_mappings WHERE ${own} AND group_name_key = g.name_key
          AND (directory_id IS NULL OR directory_id = g.directory_id)
          AND role_mapping_id IS DISTINCT FROM ${roleMappingId ?? null}::uuid
        UNION ALL
        SELECT unnest(${rule?.roleIds ?? []}::text[]) WHERE g.group_id IN (SELECT group_id FROM drafted)
      ) role
    )
    SELECT asked.role_id AS "roleId",
      count(*) FILTER (WHERE NOT has.now AND wanted.user_id IS NOT NULL) AS gaining,
      count(*) FILTER (WHERE has.now AND NOT has.by_hand AND wanted.user_id IS NULL) AS losing
    FROM asked LEFT JOIN has ON has.role_id = asked.role_id
    LEFT JOIN wanted ON wanted.user_id = has.user_id AND wanted.role_id = has.role_id
    GROUP BY asked.role_id ORDER BY asked.role_id`,
  )
}
