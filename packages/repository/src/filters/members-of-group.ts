import { sql } from 'kysely'
import { addressText, idText, isOwnId, whenId } from './id-conditions.ts'
import type { Condition } from './sql-condition.ts'
import { belongsTo, type Place, type Relation } from './subject.ts'

/** The attribute `members` of the group in the row `g` (RFC 7643 §4.2). A member is called as `listMembers` calls it. */
export function membersOfGroup({ baseUrl }: Place): Relation {
  const memberId = sql.ref('m.member_id')
  return {
    source: (value) => sql`(
      SELECT * FROM memberships WHERE organization_id = g.organization_id AND directory_id = g.directory_id
        AND directory_group_id = g.directory_group_id
        ${value !== undefined && isOwnId(value) ? sql`AND member_id = ${value}::uuid` : sql``} OFFSET 0) m`,
    order: memberId,
    fields: {
      value: idText(memberId),
      $ref: addressText(
        sql`${`${baseUrl}/`}::text || CASE WHEN m.child_group_id IS NULL THEN 'Users/' ELSE 'Groups/' END`,
        memberId,
      ),
      type: {
        kind: 'text',
        value: sql`(CASE WHEN m.child_group_id IS NULL THEN 'user' ELSE 'group' END COLLATE "C")`,
      },
      display: {
        kind: 'text',
        value: sql`CASE WHEN m.child_group_id IS NULL
          THEN (SELECT coalesce(named.display_name_key, named.user_name_key) FROM directory_users named
            WHERE named.organization_id = m.organization_id AND named.directory_id = m.directory_id
              AND named.directory_user_id = m.directory_user_id OFFSET 0)
          ELSE (SELECT named.display_name_key FROM directory_groups named
            WHERE named.organization_id = m.organization_id AND named.directory_id = m.directory_id
              AND named.directory_group_id = m.child_group_id OFFSET 0) END`,
      },
    },
  }
}

/** The groups that somebody is a member of; Entra ID asks by `id eq "…" and members eq "…"`. */
export function hasMember(place: Place, memberId: string): Condition {
  return whenId(
    memberId,
    (id) => sql`g.directory_group_id = ANY(ARRAY(
      SELECT m.directory_group_id FROM memberships m
        WHERE ${belongsTo(place, 'm')} AND m.directory_user_id = ${id}::uuid
      UNION ALL
      SELECT m.directory_group_id FROM memberships m
        WHERE ${belongsTo(place, 'm')} AND m.child_group_id = ${id}::uuid))`,
  )
}
