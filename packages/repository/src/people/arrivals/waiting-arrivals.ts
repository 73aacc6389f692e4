import type { Cause } from '@muster/events'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../../database/read.ts'
import { send } from '../../database/send.ts'
import { newUserColumns, type UserRow } from '../views/user-view.ts'

/** Of a call: so many people are decided about at once. */
export const arrivalsTogether = 500

/** A directory user that waits, as the person it would be. */
export interface WaitingRow extends UserRow {
  directory_user_id: string
  /** Of the directory user's document. */
  version: number
  cause: Cause
}

/** The directory whose arrival waits longest, of those that are due; undefined when none is. */
export async function nextDirectory({ db, organizationId }: Reader): Promise<string | undefined> {
  const own = sql`organization_id = ${organizationId}`
  const [row] = await send(
    db,
    sql<{ directory_id: string }>`
    SELECT d.directory_id FROM directories d
    CROSS JOIN LATERAL (
      SELECT user_id FROM arrivals WHERE ${own} AND directory_id = d.directory_id AND state = 'waiting'
        AND ask_at <= now() ORDER BY user_id LIMIT 1) first
    WHERE d.${own} ORDER BY first.user_id LIMIT 1`,
  )
  return row?.directory_id
}

/** In how many seconds the next arrival is due; undefined when nobody waits. */
export async function nextArrivalSeconds({ db, organizationId }: Reader): Promise<number | undefined> {
  const [row] = await send(
    db,
    sql<{ due_in: number | null }>`
    SELECT extract(epoch FROM min(ask_at) - now())::double precision AS due_in FROM arrivals
    WHERE organization_id = ${organizationId} AND state = 'waiting'`,
  )
  return row?.due_in ?? undefined
}

/** The next arrivals of a directory that are due, in order of arrival: the ids of their directory users. */
export async function nextArrivals({ db, organizationId }: Reader, directoryId: string): Promise<string[]> {
  const rows = await send(
    db,
    sql<{ directory_user_id: string }>`
    SELECT directory_user_id FROM arrivals WHERE organization_id = ${organizationId} AND directory_id = ${directoryId}
      AND state = 'waiting' AND ask_at <= now() ORDER BY user_id LIMIT ${sql.lit(arrivalsTogether)}`,
  )
  return rows.map((row) => row.directory_user_id)
}

/** Those among the directory users who wait, as the people they would be, in order of arrival. */
export function readWaiting(
  reader: Reader,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<WaitingRow[]> {
  const { organizationId } = reader
  const here = sql`organization_id = ${organizationId} AND directory_id = ${directoryId}`
  return send(
    reader.db,
    sql<WaitingRow>`
    SELECT ${newUserColumns(organizationId, 'person')}, person.groups_to_be AS groups FROM (
      SELECT a.organization_id, a.directory_id, a.directory_user_id, a.user_id, a.cause, a.arrived_at AS created_at,
        a.arrived_at AS updated_at, u.version, u.mapped AS attributes, u.external_id AS idp_id,
        CASE WHEN u.active THEN 'active' ELSE 'inactive' END AS state, '{}'::jsonb AS metadata, '{}'::jsonb AS pinned,
        NULL::uuid AS manager_id, NULL::timestamptz AS sessions_revoked_at, NULL::timestamptz AS last_login_at,
        CASE WHEN u.active THEN (${groupsToBe(organizationId)}) END AS groups_to_be
      FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS given (id)
      CROSS JOIN LATERAL (
        SELECT * FROM arrivals WHERE ${here} AND directory_user_id = given.id::uuid OFFSET 0) a
      CROSS JOIN LATERAL (SELECT * FROM directory_users WHERE ${here} AND directory_user_id = a.directory_user_id OFFSET 0) u
      -- Out here: inside it would be a way to the index of all who wait.
      WHERE a.state = 'waiting'
    ) person ORDER BY person.user_id`,
  )
}

/** The groups that the directory user is in, and those that these are in; UNION ends circles of groups. */
function groupsToBe(organizationId: string): RawBuilder<unknown> {
  const inDirectory = sql`organization_id = ${organizationId} AND directory_id = a.directory_id`
  return sql`
    WITH RECURSIVE reached (group_id) AS (
      SELECT directory_group_id FROM memberships WHERE ${inDirectory} AND directory_user_id = a.directory_user_id
      UNION
      SELECT up.directory_group_id FROM reached r CROSS JOIN LATERAL (
        SELECT directory_group_id FROM memberships WHERE ${inDirectory} AND child_group_id = r.group_id OFFSET 0) up
    )
    SELECT json_agg(json_build_object('id', g.group_id, 'name', g.name) ORDER BY g.name, g.group_id) FROM reached
    CROSS JOIN LATERAL (
      SELECT * FROM groups WHERE organization_id = ${organizationId} AND group_id = reached.group_id OFFSET 0) g`
}
