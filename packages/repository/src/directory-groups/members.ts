import { isUuid } from '@muster/runtime/type-ids'
import { type RawBuilder, sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
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

/** Adds members; those who are in stay as they are. Answers with the edges that are new. */
export function addMembers(tx: Transaction, group: LockedGroup, ids: readonly string[]): Promise<EdgeRow[]> {
  return send(
    tx.db,
    sql<EdgeRow>`
    WITH wanted AS (SELECT DISTINCT unnest(${knownShape(ids)}::uuid[]) AS id)
    ${insertEdges(tx, group)}`,
  )
}

/** Takes members out by id; who is not in is no error. Answers with the edges that are gone. */
export function removeMembers(tx: Transaction, group: LockedGroup, ids: readonly string[]): Promise<EdgeRow[]> {
  return removeMembersWhere(tx, group, anyOf('m.member_id', knownShape(ids)))
}

/** Takes out the members that a condition on `memberships m` selects. */
export function removeMembersWhere(
  tx: Transaction,
  group: LockedGroup,
  condition: RawBuilder<unknown>,
): Promise<EdgeRow[]> {
  return send(
    tx.db,
    sql<EdgeRow>`
    DELETE FROM memberships m WHERE ${ofGroup(tx, group)} AND (${condition})
    RETURNING member_id, directory_user_id`,
  )
}

/** Makes the members exactly the given ones. Answers with the edges that are new and gone. */
export async function replaceMembers(
  tx: Transaction,
  group: LockedGroup,
  ids: readonly string[],
): Promise<{ added: EdgeRow[]; removed: EdgeRow[] }> {
  const rows = await send(
    tx.db,
    sql<EdgeRow & { effect: 'added' | 'removed' }>`
    WITH wanted AS MATERIALIZED (SELECT DISTINCT unnest(${knownShape(ids)}::uuid[]) AS id),
    removed AS (
      DELETE FROM memberships m WHERE ${ofGroup(tx, group)} AND m.member_id NOT IN (SELECT id FROM wanted)
      RETURNING member_id, directory_user_id
    ),
    added AS (${insertEdges(tx, group)})
    SELECT 'removed' AS effect, removed.* FROM removed
    UNION ALL
    SELECT 'added', added.* FROM added`,
  )
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
