import type { Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'

/** A directory user as it stands, and what its source said last. */
export interface KnownUser {
  directoryUserId: string
  version: number
  userNameKey: string
  displayNameKey: string | null
  externalId: string | null
  active: boolean
  selected: boolean
  document: JsonObject
  mapped: Provided
  emails: { position: number; value_key: string; type_key: string | null }[]
  /** Its direct groups. */
  groupIds: string[]
  source: { sourceId: string; hash: string; active: boolean; missedScans: number; references: string[] } | null
  /** Its person. */
  userId: string | null
}

/** Locks directory users until the end of the transaction, in order of id, and reads what could be needed to make them what they are. */
export async function lockKnownUsers(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<Map<string, KnownUser>> {
  if (directoryUserIds.length === 0) return new Map()
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  const rows = await send(
    tx.db,
    sql<KnownUser>`
    SELECT u.directory_user_id AS "directoryUserId", u.version, u.user_name_key AS "userNameKey",
      u.display_name_key AS "displayNameKey", u.external_id AS "externalId", u.active, u.selected, u.resource AS document,
      u.mapped, email.list AS emails, joined.ids AS "groupIds", source.said AS source, link.user_id AS "userId"
    FROM (
      SELECT DISTINCT id::uuid AS id FROM json_array_elements_text(${JSON.stringify(directoryUserIds)}::json) AS given (id)
      ORDER BY id
    ) asked
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users WHERE ${here} AND directory_user_id = asked.id FOR NO KEY UPDATE) u
    CROSS JOIN LATERAL (
      SELECT COALESCE(json_agg(json_build_object('position', position, 'value_key', value_key, 'type_key', type_key)
        ORDER BY position), '[]') AS list
      FROM directory_user_emails WHERE ${here} AND directory_user_id = asked.id) email
    CROSS JOIN LATERAL (
      SELECT COALESCE(json_agg(directory_group_id), '[]') AS ids FROM memberships
      WHERE ${here} AND directory_user_id = asked.id) joined
    LEFT JOIN LATERAL (
      SELECT json_build_object('sourceId', source_id, 'hash', hash, 'active', active, 'missedScans', missed_scans,
        'references', (SELECT COALESCE(json_agg(reference_key), '[]') FROM source_references r
          WHERE r.resource_id = asked.id AND r.organization_id = ${tx.organizationId})) AS said
      FROM source_records s WHERE s.resource_id = asked.id AND s.organization_id = ${tx.organizationId}
      OFFSET 0) source ON true
    LEFT JOIN LATERAL (
      SELECT user_id FROM user_links WHERE ${here} AND directory_user_id = asked.id OFFSET 0) link ON true`,
  )
  return new Map(rows.map((row) => [row.directoryUserId, row]))
}
