import type { RoleRule } from '@muster/people'
import { comparisonKey } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'

/** A query of `group_id`: the groups that one of the rules means. */
export function groupsOfRules(organizationId: string, rules: readonly RoleRule[]): RawBuilder<unknown> {
  const own = sql`SELECT group_id FROM groups WHERE organization_id = ${organizationId}`
  const none = sql`SELECT NULL::uuid AS group_id WHERE false`
  const queries = rules.map(({ groupId, groupName = '', directoryId }) => {
    const named = groupId === undefined ? sql`name_key = ${comparisonKey(groupName)}` : sql`group_id = ${groupId}`
    return directoryId === undefined
      ? sql`${own} AND ${named}`
      : sql`${own} AND ${named} AND directory_id = ${directoryId}`
  })
  return sql.join([none, ...queries], sql` UNION `)
}

/** A query of `user_id`: the people in these groups; `groups` is a query of `group_id`. Some stand there several times. */
export function peopleOfGroups(organizationId: string, groups: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    SELECT member.user_id FROM (${groups}) meant CROSS JOIN LATERAL (
      SELECT user_id FROM user_groups WHERE organization_id = ${organizationId} AND group_id = meant.group_id
      OFFSET 0) member`
}
