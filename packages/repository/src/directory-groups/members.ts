import { isUuid } from '@muster/runtime/type-ids'
import { type RawBuilder, sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { pipelined } from '../database/pipelined.ts'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { EdgeRow } from './member-changes.ts'

/** One group of one directory, its row locked by the caller. */
export interface LockedGroup {
  directoryId: string
  directoryGroupId: string
}

function ofGroup(tx: Transaction, group: LockedGroup): RawBuilder<unknown> {
  return sql`m.organization_id = ${tx.organizationId} AND m.directory_id = ${group.directoryId}
    AND m.directory_group_id = ${group.directoryGroupId}`
}

/** The ids that can be ids of ours: anything else is unknown by its looks. */
function knownShape(ids: readonly string[]): string[] {
  return ids.filter(isUuid)
}

/**
 * Holds the people behind directory users as they are until COMMIT, in the order in which settlePeople locks them. A
 * statement of its own: the one behind it sees who is active by then. Otherwise a person who becomes active meanwhile
 * would be told of neither here (not active yet) nor there (not a member yet). The directory users first, as whoever
 * changes one does; the foreign key locks them anyway.
 */
function holdPeople(tx: Transaction, group: LockedGroup, directoryUserIds: RawBuilder<unknown>): Promise<unknown> {
  return send(
    tx.db,
    sql`
    SELECT FROM (
      SELECT concerned.id, link.user_id FROM (${directoryUserIds}) AS concerned (id)
      CROSS JOIN LATERAL (
        SELECT l.user_id FROM user_links l WHERE l.organization_id = ${tx.organizationId}
          AND l.directory_id = ${group.directoryId} AND l.directory_user_id = concerned.id OFFSET 0) link
      ORDER BY link.user_id
    ) linked
    CROSS JOIN LATERAL (
      SELECT FROM directory_users u WHERE u.organization_id = ${tx.organizationId}
        AND u.directory_id = ${group.directoryId} AND u.directory_user_id = linked.id FOR KEY SHARE) du
    CROSS JOIN LATERAL (
      SELECT FROM users u WHERE u.organization_id = ${tx.organizationId} AND u.user_id = linked.user_id
      FOR SHARE) person`,
  )
}

/** Those of the ids that are no members yet. */
function newcomers(tx: Transaction, group: LockedGroup, ids: readonly string[]): RawBuilder<unknown> {
  return sql`SELECT wanted.id FROM unnest(${ids}::uuid[]) AS wanted (id)
    WHERE NOT EXISTS (SELECT FROM memberships m WHERE ${ofGroup(tx, group)} AND m.member_id = wanted.id OFFSET 0)`
}

/** The members that a condition on `memberships m` selects: users by id, groups as null. */
function leavers(tx: Transaction, group: LockedGroup, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`SELECT m.directory_user_id FROM memberships m WHERE ${ofGroup(tx, group)} AND (${condition})`
}

/** Adds the edges to those of `wanted(id)` that are a user or a group of the same directory. */
function insertEdges(tx: Transaction, group: LockedGroup): RawBuilder<unknown> {
  return sql`
    INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id, child_group_id)
    SELECT ${tx.organizationId}::uuid, ${group.directoryId}::uuid, ${group.directoryGroupId}::uuid,
      u.directory_user_id, g.directory_group_id
    FROM wanted
    LEFT JOIN LATERAL (
      SELECT directory_user_id FROM directory_users WHERE organization_id = ${tx.organizationId}
        AND directory_id = ${group.directoryId} AND directory_user_id = wanted.id OFFSET 0) u ON true
    LEFT JOIN LATERAL (
      SELECT directory_group_id FROM directory_groups WHERE organization_id = ${tx.organizationId}
        AND directory_id = ${group.directoryId} AND directory_group_id = wanted.id OFFSET 0) g ON true
    WHERE u.directory_user_id IS NOT NULL OR g.directory_group_id IS NOT NULL
    ON CONFLICT (organization_id, directory_id, directory_group_id, member_id) DO NOTHING
    RETURNING member_id, directory_user_id`
}

/** The active person at the end of each edge of the relation `edges(member_id, directory_user_id)`. */
function edgesWithUsers(tx: Transaction, group: LockedGroup, edges: string): RawBuilder<unknown> {
  const edge = sql.ref(edges)
  return sql`
    SELECT ${edge}.member_id, person.user_id FROM ${edge}
    LEFT JOIN LATERAL (
      SELECT u.user_id FROM user_links l
      JOIN directory_users du USING (organization_id, directory_id, directory_user_id)
      JOIN users u ON u.organization_id = l.organization_id AND u.user_id = l.user_id
      WHERE l.organization_id = ${tx.organizationId} AND l.directory_id = ${group.directoryId}
        AND l.directory_user_id = ${edge}.directory_user_id AND u.state = 'active' AND du.active OFFSET 0
    ) person ON true`
}

/** Adds members; those who are in stay as they are. Answers with the edges that are new. Two statements at once. */
export async function addMembers(tx: Transaction, group: LockedGroup, ids: readonly string[]): Promise<EdgeRow[]> {
  const wanted = knownShape(ids)
  const adding = sql<EdgeRow>`
    WITH wanted AS (SELECT DISTINCT unnest(${wanted}::uuid[]) AS id),
    added AS (${insertEdges(tx, group)})
    ${edgesWithUsers(tx, group, 'added')}`
  const [, rows] = await pipelined(holdPeople(tx, group, newcomers(tx, group, wanted)), send(tx.db, adding))
  return rows
}

/** Takes members out by id; who is not in is no error. Answers with the edges that are gone. Two statements at once. */
export function removeMembers(tx: Transaction, group: LockedGroup, ids: readonly string[]): Promise<EdgeRow[]> {
  return removeMembersWhere(tx, group, anyOf('m.member_id', knownShape(ids)))
}

/** Takes out the members that a condition on `memberships m` selects. Two statements at once. */
export async function removeMembersWhere(
  tx: Transaction,
  group: LockedGroup,
  condition: RawBuilder<unknown>,
): Promise<EdgeRow[]> {
  const removing = sql<EdgeRow>`
    WITH removed AS (
      DELETE FROM memberships m WHERE ${ofGroup(tx, group)} AND (${condition})
      RETURNING member_id, directory_user_id
    )
    ${edgesWithUsers(tx, group, 'removed')}`
  const [, rows] = await pipelined(holdPeople(tx, group, leavers(tx, group, condition)), send(tx.db, removing))
  return rows
}

/** Makes the members exactly the given ones. Answers with the edges that are new and gone. Two statements at once. */
export async function replaceMembers(
  tx: Transaction,
  group: LockedGroup,
  ids: readonly string[],
): Promise<{ added: EdgeRow[]; removed: EdgeRow[] }> {
  const wanted = knownShape(ids)
  const others = sql`m.member_id NOT IN (SELECT unnest(${wanted}::uuid[]))`
  const concerned = sql`${newcomers(tx, group, wanted)} UNION ALL ${leavers(tx, group, others)}`
  const replacing = sql<EdgeRow & { effect: 'added' | 'removed' }>`
    WITH wanted AS MATERIALIZED (SELECT DISTINCT unnest(${wanted}::uuid[]) AS id),
    removed AS (
      DELETE FROM memberships m WHERE ${ofGroup(tx, group)} AND (${others})
      RETURNING member_id, directory_user_id
    ),
    added AS (${insertEdges(tx, group)})
    SELECT 'removed' AS effect, r.* FROM (${edgesWithUsers(tx, group, 'removed')}) r
    UNION ALL
    SELECT 'added' AS effect, a.* FROM (${edgesWithUsers(tx, group, 'added')}) a`
  const [, rows] = await pipelined(holdPeople(tx, group, concerned), send(tx.db, replacing))
  return {
    added: rows.filter((row) => row.effect === 'added'),
    removed: rows.filter((row) => row.effect === 'removed'),
  }
}

/** Those of the ids that are neither a user nor a group of the directory. */
export async function findUnknownMembers(
  reader: Reader,
  directoryId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT wanted.id FROM unnest(${knownShape(ids)}::uuid[]) AS wanted (id)
    WHERE EXISTS (SELECT FROM directory_users u WHERE u.organization_id = ${reader.organizationId}
        AND u.directory_id = ${directoryId} AND u.directory_user_id = wanted.id)
      OR EXISTS (SELECT FROM directory_groups g WHERE g.organization_id = ${reader.organizationId}
        AND g.directory_id = ${directoryId} AND g.directory_group_id = wanted.id)`.execute(reader.db)
  const known = new Set(rows.map((row) => row.id))
  return ids.filter((id) => !known.has(id.toLowerCase()))
}
