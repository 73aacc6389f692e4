import type { Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '../../database/transaction.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { groupConditions } from '../../settings/group-filter.ts'

/** A person to be, as somebody decided: its id is known outside already. */
export interface Admission {
  userId: string
  /** With their technical keys. */
  pinned: Provided
  metadata: JsonObject
}

/** A directory user that may be about to get its person. */
export interface Candidate extends Partial<Pick<Admission, 'pinned' | 'metadata'>> {
  directory_user_id: string
  /** The person it will be, when that is a new one. */
  fresh_user_id: string
}

interface Arriving {
  /** Common table expressions, each with a comma behind it; the statement is WITH RECURSIVE. */
  tables: RawBuilder<unknown>
  /**
   * `(directory_user_id, fresh_user_id, attributes, pinned, metadata, active, external_id, version, email_key, may_join)`:
   * the candidates that have no link, and that the filters let through. `may_join`: whether the address, the one that the
   * person will have, may lead to somebody.
   */
  arriving: RawBuilder<unknown>
}

/**
 * Which of the candidates arrive, for the statements that link them or have them wait. The look-ups are LATERAL with
 * OFFSET 0, which the planner cannot turn into a hash of the whole directory: it would, as long as it takes a growing
 * table for a small one. What would lead to two indexes stands outside of it.
 */
export function arrivingUsers(
  tx: Transaction,
  directoryId: string,
  candidates: readonly Candidate[],
  { groupFilters }: DirectorySettings,
): Arriving {
  const { tables, passes } = groupConditions(tx.organizationId, directoryId, groupFilters)
  const arriving = sql`
    SELECT c.directory_user_id, c.fresh_user_id, given.attributes, given.pinned, COALESCE(c.metadata, '{}') AS metadata,
      u.active, u.external_id, u.version, given.attributes ->> 'emailKey' AS email_key, CASE o.link_by_email
        WHEN 'organization' THEN true
        WHEN 'verifiedDomains' THEN split_part(given.attributes ->> 'emailKey', '@', 2) = ANY(o.verified_domains)
        ELSE false
      END AS may_join
    FROM json_to_recordset(${JSON.stringify(candidates)}) AS c
      (directory_user_id uuid, fresh_user_id uuid, pinned jsonb, metadata jsonb)
    CROSS JOIN LATERAL (
      SELECT * FROM directory_users du WHERE du.organization_id = ${tx.organizationId}
        AND du.directory_id = ${directoryId} AND du.directory_user_id = c.directory_user_id OFFSET 0) u
    CROSS JOIN LATERAL (
      SELECT COALESCE(c.pinned, '{}') AS pinned, u.mapped || COALESCE(c.pinned, '{}') AS attributes) given
    JOIN organizations o ON o.organization_id = ${tx.organizationId}
    WHERE u.selected AND ${passes} AND NOT EXISTS (SELECT FROM user_links l
      WHERE l.organization_id = ${tx.organizationId} AND l.directory_id = ${directoryId}
        AND l.directory_user_id = c.directory_user_id OFFSET 0)`
  return { tables, arriving }
}
