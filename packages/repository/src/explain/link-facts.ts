import type { Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'

/** A directory user, or the link of one that is gone, as the database has it. */
export interface LinkFacts {
  directory_id: string
  directory_user_id: string
  /** Null when the directory is gone. */
  directory: {
    name: string
    type: DirectoryType
    status: DirectoryStatus
    sync_filters: JsonObject
    mapping: JsonObject
  } | null
  /** Null when the directory user is gone. */
  present: { active: boolean; resource: JsonObject } | null
  /** What it provides for the person; what it provided last when it is gone and waits. */
  mapped: Provided | null
  external_id: string | null
  /** Null when it has no person. */
  link: { user_id: string; state: 'active' | 'inactive'; active: boolean } | null
  hold: HoldFacts | null
  /** Where the directory ranks: by place in the order, the others behind by age. */
  place: number | null
  created_at: string | null
}

export interface HoldFacts {
  hold_id: string
  created_at: string
}

/**
 * LinkFacts of the relation `own (directory_id, directory_user_id)`; of a directory user that is gone, too, while it has a
 * link. Looked up row by row, for the reason that mergePeople gives.
 */
export function linkFacts(organizationId: string): RawBuilder<unknown> {
  const mine = sql`organization_id = ${organizationId}`
  const inDirectory = sql`${mine} AND directory_id = own.directory_id`
  return sql`
    SELECT own.directory_id, own.directory_user_id, COALESCE(du.mapped, l.kept -> 'mapped') AS mapped,
      CASE WHEN du.mapped IS NULL THEN l.kept ->> 'externalId' ELSE du.external_id END AS external_id,
      CASE WHEN d.name IS NOT NULL THEN json_build_object('name', d.name, 'type', d.type, 'status', d.status,
        'sync_filters', d.sync_filters, 'mapping', d.mapping) END AS directory,
      CASE WHEN du.mapped IS NOT NULL THEN json_build_object('active', du.active, 'resource', du.resource) END AS present,
      CASE WHEN l.user_id IS NOT NULL THEN json_build_object('user_id', l.user_id, 'active', l.active, 'state', u.state)
        END AS link,
      ${holdFacts(organizationId, sql`l.hold_id`)} AS hold,
      array_position((SELECT directory_order FROM organizations WHERE ${mine}), own.directory_id) AS place,
      COALESCE(d.created_at, (l.kept ->> 'directoryCreatedAt')::timestamptz) AS created_at
    FROM own
    LEFT JOIN LATERAL (SELECT * FROM directories WHERE ${inDirectory} OFFSET 0) d ON true
    LEFT JOIN LATERAL (
      SELECT * FROM directory_users WHERE ${inDirectory} AND directory_user_id = own.directory_user_id OFFSET 0) du ON true
    LEFT JOIN LATERAL (
      SELECT * FROM user_links WHERE ${inDirectory} AND directory_user_id = own.directory_user_id OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT state FROM users WHERE ${mine} AND user_id = l.user_id OFFSET 0) u ON true`
}

/** HoldFacts of a hold as JSON; null for none. */
export function holdFacts(organizationId: string, holdId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT json_build_object('hold_id', h.hold_id, 'created_at', h.created_at) FROM holds h
    WHERE h.organization_id = ${organizationId} AND h.hold_id = ${holdId})`
}
