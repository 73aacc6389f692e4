import type { GuardLimits } from '@muster/people'
import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { GuardMode } from '../../holds/guard-mode.ts'
import { tripsWindow } from '../../holds/window.ts'
import type { People } from './concerned.ts'
import { holdId } from './turn-links.ts'

/** What became of a person's membership of a group. `held`: it would have ended, and waits. `kept`: wanted again, it waits no more. */
export interface MembershipChange {
  effect: 'added' | 'removed' | 'held' | 'kept'
  user_id: string
  group_id: string
  directory_id: string
  /** The hold it waits in, or waited in. */
  hold_id: string | null
  /** Whether it ends, or would, by itself, and not because its directory user ceased to count. */
  is_judged: boolean
}

/** How removals of memberships are judged: as what one directory pushed. */
export interface MembershipGuard {
  directoryId: string
  limits: GuardLimits | 'off'
  mode: GuardMode
}

/**
 * Makes the groups of people those that their active directory users are in, and those that these groups are in. Removals
 * that wait stay as long as the person is active. With a guard, new removals are judged together; without one they are
 * carried out: they follow from something that was judged already. So do those of a directory user that counts no more;
 * those of one that is gone, and whose own removal waits, wait with it.
 *
 * Rows are deleted by their place, which stays as it is while their person is locked: joined by key, a plan made on an empty
 * table compares every row of the one side with every row of the other. It may still read all rows of the organization, hence
 * only when there is one to delete.
 */
export function settleMemberships(
  tx: Transaction,
  people: People,
  guard: MembershipGuard | undefined,
): Promise<MembershipChange[]> {
  const own = sql`organization_id = ${tx.organizationId}`
  const released = guard?.mode.kind === 'release' ? guard.mode.holdId : null
  return send(
    tx.db,
    sql<MembershipChange>`
    WITH RECURSIVE concerned AS MATERIALIZED (
      SELECT asked.user_id, u.state = 'active' AS active FROM (SELECT DISTINCT user_id FROM (${people}) asked) asked
      CROSS JOIN LATERAL (SELECT state FROM users WHERE ${own} AND user_id = asked.user_id OFFSET 0) u
    ),
    reached (user_id, directory_id, group_id) AS (${reachedGroups(tx.organizationId)}),
    wanted AS MATERIALIZED (
      SELECT r.*, g.group_id IS NOT NULL AS is_there, g.hold_id FROM reached r
      LEFT JOIN LATERAL (SELECT group_id, hold_id FROM user_groups
        WHERE ${own} AND user_id = r.user_id AND group_id = r.group_id OFFSET 0) g ON true
      WHERE g.group_id IS NULL OR g.hold_id IS NOT NULL
    ),
    unwanted AS MATERIALIZED (
      SELECT g.*, CASE WHEN ends AND link.kept IS NOT NULL THEN link.hold_id END AS waits_in,
        ends AND link.active AND link.kept IS NULL AS is_judged
      FROM concerned c
      CROSS JOIN LATERAL (SELECT ctid AS place, * FROM user_groups WHERE ${own} AND user_id = c.user_id OFFSET 0) g
      CROSS JOIN LATERAL (SELECT c.active AND g.hold_id IS NULL AS ends) new
      LEFT JOIN LATERAL (SELECT directory_id, active, hold_id, kept FROM user_links WHERE ${own} AND user_id = c.user_id
        OFFSET 0) link ON link.directory_id = g.directory_id
      WHERE (NOT c.active OR g.hold_id IS NULL OR g.hold_id = ${released}::uuid)
        AND (g.user_id, g.group_id) NOT IN (SELECT user_id, group_id FROM reached)
    ),
    judged AS MATERIALIZED (
      SELECT u.organization_id, u.user_id, u.group_id, u.directory_id, u.place, u.hold_id, is_judged IS TRUE AS is_judged,
        CASE WHEN waits_in IS NOT NULL THEN waits_in WHEN is_judged AND ${verdict(tx, guard)} THEN ${heldIn(tx, guard)} END
          AS held_in
      FROM unwanted u
    ),
    stored AS (
      INSERT INTO user_groups AS g (organization_id, user_id, group_id, directory_id, hold_id)
      SELECT ${tx.organizationId}::uuid, user_id, group_id, directory_id, NULL FROM wanted
      UNION ALL
      SELECT organization_id, user_id, group_id, directory_id, held_in FROM judged WHERE held_in IS NOT NULL
      ON CONFLICT (organization_id, user_id, group_id) DO UPDATE SET hold_id = excluded.hold_id
    ),
    removed AS (
      DELETE FROM user_groups WHERE ${own} AND ctid = ANY(ARRAY(SELECT place FROM judged WHERE held_in IS NULL))
        AND EXISTS (SELECT FROM judged WHERE held_in IS NULL)
    )
    SELECT CASE WHEN is_there THEN 'kept' ELSE 'added' END AS effect, user_id, group_id, directory_id, hold_id,
      false AS is_judged
    FROM wanted
    UNION ALL
    SELECT CASE WHEN held_in IS NULL THEN 'removed' ELSE 'held' END, user_id, group_id, directory_id,
      COALESCE(held_in, hold_id), is_judged
    FROM judged`,
  )
}

/** Pair by pair, so that a plan needs no idea of how many groups there are; UNION ends circles of groups. */
function reachedGroups(organizationId: string): RawBuilder<unknown> {
  const own = sql`organization_id = ${organizationId}`
  return sql`
    SELECT c.user_id, l.directory_id, m.directory_group_id FROM concerned c
    CROSS JOIN LATERAL (
      SELECT directory_id, directory_user_id FROM user_links WHERE ${own} AND user_id = c.user_id AND active OFFSET 0) l
    CROSS JOIN LATERAL (
      SELECT directory_group_id FROM memberships WHERE ${own} AND directory_id = l.directory_id
        AND directory_user_id = l.directory_user_id OFFSET 0) m
    WHERE c.active
    UNION
    SELECT r.user_id, r.directory_id, m.directory_group_id FROM reached r
    CROSS JOIN LATERAL (
      SELECT directory_group_id FROM memberships WHERE ${own} AND directory_id = r.directory_id
        AND child_group_id = r.group_id OFFSET 0) m`
}

function verdict(tx: Transaction, guard: MembershipGuard | undefined): RawBuilder<unknown> {
  if (guard === undefined) return sql`false`
  const { directoryId, limits, mode } = guard
  if (mode.kind !== 'window') return sql`${mode.kind === 'hold'}::boolean`
  return tripsWindow(tx, directoryId, 'memberships', limits, sql`(SELECT count(*) FROM unwanted WHERE is_judged)`)
}

function heldIn(tx: Transaction, guard: MembershipGuard | undefined): RawBuilder<unknown> {
  return guard === undefined ? sql`NULL::uuid` : holdId(tx, guard.directoryId, guard.mode)
}
