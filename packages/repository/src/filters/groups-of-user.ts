import { sql } from 'kysely'
import { addressText, idText, whenId } from './id-conditions.ts'
import type { Condition, Sql } from './sql-condition.ts'
import { belongsTo, type Place, type Relation } from './subject.ts'

/** The groups that the user of the row `u` is a member of. */
const directGroups = sql`
  SELECT m.directory_group_id AS group_id, true AS is_direct FROM memberships m
  WHERE m.organization_id = u.organization_id AND m.directory_id = u.directory_id
    AND m.directory_user_id = u.directory_user_id`

/** All groups of the user of the row `u`, each once: those it is a member of, and the groups that these are in. */
const allGroups = sql`
  WITH RECURSIVE reached (group_id, is_direct) AS (
    ${directGroups}
    UNION
    SELECT parent.group_id, false FROM reached CROSS JOIN LATERAL (
      SELECT m.directory_group_id AS group_id FROM memberships m
      WHERE m.organization_id = u.organization_id AND m.directory_id = u.directory_id
        AND m.child_group_id = reached.group_id OFFSET 0) parent
  )
  SELECT group_id, bool_or(is_direct) AS is_direct FROM reached GROUP BY group_id`

function listOf(groups: Sql): Sql {
  return sql`
    SELECT json_agg(json_build_object('value', of_user.group_id, 'display', g.display_name,
        'type', CASE WHEN of_user.is_direct THEN 'direct' ELSE 'indirect' END) ORDER BY of_user.group_id)::text
    FROM (${groups}) of_user
    CROSS JOIN LATERAL (
      SELECT * FROM directory_groups WHERE organization_id = u.organization_id AND directory_id = u.directory_id
        AND directory_group_id = of_user.group_id OFFSET 0) g`
}

/**
 * The groups of the row `u` as JSON text, `[{ value, display, type }]` by id; NULL for none. Groups of groups are looked
 * for only in a directory that has such, which is asked once a statement.
 */
export function groupsText(organizationId: string, directoryId: string): Sql {
  return sql`CASE WHEN EXISTS (
      SELECT FROM memberships nested WHERE nested.organization_id = ${organizationId}::uuid
        AND nested.directory_id = ${directoryId}::uuid AND nested.child_group_id IS NOT NULL)
    THEN (${listOf(allGroups)}) ELSE (${listOf(directGroups)}) END`
}

/** The attribute `groups` of a user (RFC 7643 §4.1.2). */
export function groupsOfUser({ baseUrl }: Place): Relation {
  const groupId = sql.ref('of_user.group_id')
  return {
    source: () => sql`(${allGroups}) of_user`,
    order: groupId,
    fields: {
      value: idText(groupId),
      $ref: addressText(sql`${`${baseUrl}/Groups/`}::text`, groupId),
      type: {
        kind: 'text',
        value: sql`(CASE WHEN of_user.is_direct THEN 'direct' ELSE 'indirect' END COLLATE "C")`,
      },
      display: {
        kind: 'text',
        value: sql`(SELECT named.display_name_key FROM directory_groups named
          WHERE named.organization_id = u.organization_id AND named.directory_id = u.directory_id
            AND named.directory_group_id = of_user.group_id OFFSET 0)`,
      },
    },
  }
}

/** The users who are in a group or in a group inside it: found from the group, whatever the size of the directory. */
export function isInGroup(place: Place, groupId: string): Condition {
  return whenId(
    groupId,
    (id) => sql`u.directory_user_id = ANY(ARRAY(
      WITH RECURSIVE inside (group_id) AS (
        SELECT ${id}::uuid
        UNION
        SELECT child.child_group_id FROM inside CROSS JOIN LATERAL (
          SELECT m.child_group_id FROM memberships m WHERE ${belongsTo(place, 'm')}
            AND m.directory_group_id = inside.group_id AND m.child_group_id IS NOT NULL OFFSET 0) child
      )
      SELECT member.directory_user_id FROM inside CROSS JOIN LATERAL (
        SELECT m.directory_user_id FROM memberships m WHERE ${belongsTo(place, 'm')}
          AND m.directory_group_id = inside.group_id AND m.directory_user_id IS NOT NULL OFFSET 0) member))`,
  )
}
