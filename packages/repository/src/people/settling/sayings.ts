import { type RawBuilder, sql } from 'kysely'

/**
 * What each directory says of a person, `userId`, and where its directory ranks: listed ones in their order, then by
 * age. A directory user that is gone says nothing (`mapped` is null), unless its removal waits.
 */
export function sayings(organizationId: string, userId: RawBuilder<unknown>): RawBuilder<unknown> {
  const ofLink = sql`organization_id = ${organizationId} AND directory_id = l.directory_id`
  return sql`
    SELECT l.directory_id, l.active, COALESCE(du.mapped, l.kept -> 'mapped') AS mapped,
      CASE WHEN du.mapped IS NULL THEN l.kept ->> 'externalId' ELSE du.external_id END AS external_id,
      array_position((SELECT directory_order FROM organizations WHERE organization_id = ${organizationId}),
        l.directory_id) AS place,
      COALESCE(d.created_at, (l.kept ->> 'directoryCreatedAt')::timestamptz) AS created_at
    FROM (SELECT * FROM user_links WHERE organization_id = ${organizationId} AND user_id = ${userId} OFFSET 0) l
    LEFT JOIN LATERAL (
      SELECT mapped, external_id FROM directory_users WHERE ${ofLink} AND directory_user_id = l.directory_user_id
      OFFSET 0) du ON true
    LEFT JOIN LATERAL (SELECT created_at FROM directories WHERE ${ofLink} OFFSET 0) d ON true`
}

/** Highest rank first. */
export const byRank = sql`s.place, s.created_at, s.directory_id`
