import { type RawBuilder, sql } from 'kysely'
import { explainLimits } from './limits.ts'
import { type HoldFacts, holdFacts } from './link-facts.ts'

/** A step up: from a directory user, or from a group, into a group. */
export interface Edge {
  directory_id: string
  member_id: string
  group_id: string
  is_user: boolean
}

/** A group of the directory layer. */
export interface NamedGroup {
  group_id: string
  name: string
}

/** A group of the people layer, and whether the person is in it. */
export interface GroupFacts {
  group_id: string
  directory_id: string
  name: string
  is_member: boolean
  hold: HoldFacts | null
}

/**
 * Common table expressions over `own (directory_id, directory_user_id)`, without a comma behind them; the statement is
 * WITH RECURSIVE. `nearest`: the Edges upwards, those near the users first, at most one more than the limit.
 */
export function edgesUp(organizationId: string): RawBuilder<unknown> {
  const up = (from: string) =>
    sql`m.organization_id = ${organizationId} AND m.directory_id = ${sql.ref(from)}.directory_id`
  return sql`
    edges (directory_id, member_id, group_id, is_user) AS (
      SELECT own.directory_id, own.directory_user_id, m.directory_group_id, true FROM own
      CROSS JOIN LATERAL (SELECT m.directory_group_id FROM memberships m
        WHERE ${up('own')} AND m.directory_user_id = own.directory_user_id OFFSET 0) m
      UNION
      SELECT e.directory_id, e.group_id, m.directory_group_id, false FROM edges e
      CROSS JOIN LATERAL (SELECT m.directory_group_id FROM memberships m
        WHERE ${up('e')} AND m.child_group_id = e.group_id OFFSET 0) m
    ),
    nearest AS MATERIALIZED (SELECT * FROM edges LIMIT ${sql.lit(explainLimits.edges + 1)})`
}

/** The NamedGroups that `nearest` leads to, as JSON. */
export function namedGroups(organizationId: string): RawBuilder<unknown> {
  return sql`(SELECT json_agg(json_build_object('group_id', g.directory_group_id, 'name', g.display_name))
    FROM (SELECT DISTINCT directory_id, group_id FROM nearest) n
    CROSS JOIN LATERAL (
      SELECT directory_group_id, display_name FROM directory_groups WHERE organization_id = ${organizationId}
        AND directory_id = n.directory_id AND directory_group_id = n.group_id OFFSET 0) g)`
}

/** GroupFacts of the relation `asked (group_id)`, for one person. */
export function groupFacts(organizationId: string, userId: string, asked: RawBuilder<unknown>): RawBuilder<unknown> {
  const mine = sql`organization_id = ${organizationId}`
  return sql`
    SELECT g.group_id, g.directory_id, g.name, m.group_id IS NOT NULL AS is_member,
      ${holdFacts(organizationId, sql`COALESCE(m.hold_id, g.hold_id)`)} AS hold
    FROM (${asked}) asked
    CROSS JOIN LATERAL (SELECT * FROM groups WHERE ${mine} AND group_id = asked.group_id OFFSET 0) g
    LEFT JOIN LATERAL (
      SELECT group_id, hold_id FROM user_groups WHERE ${mine} AND user_id = ${userId}::uuid AND group_id = g.group_id
      OFFSET 0) m ON true`
}
