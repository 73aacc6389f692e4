import { type RawBuilder, sql } from 'kysely'
import { referredUser } from '../people/settling/managers.ts'
import { byRank, sayings } from '../people/settling/sayings.ts'

/** Where the reference to a manager leads: that of the highest-ranked directory that gives one. */
export interface ManagerFacts {
  directory_id: string
  reference: string | null
  directory_user_id: string | null
  user_id: string | null
}

/** ManagerFacts of a person as JSON; null without a reference. */
export function managerFacts(organizationId: string, userId: string): RawBuilder<unknown> {
  return sql`(SELECT json_build_object('directory_id', referred.directory_id, 'reference', referred.reference,
      'directory_user_id', manager.directory_user_id, 'user_id', link.user_id)
    FROM (
      SELECT s.directory_id, s.mapped ->> 'managerReference' AS reference, s.mapped ->> 'managerKey' AS key
      FROM (${sayings(organizationId, sql`${userId}::uuid`)}) s WHERE s.mapped -> 'managerKey' IS NOT NULL
      ORDER BY ${byRank} LIMIT 1
    ) referred
    CROSS JOIN LATERAL (${referredUser(organizationId)}) manager
    LEFT JOIN LATERAL (
      SELECT user_id FROM user_links WHERE organization_id = ${organizationId} AND directory_id = referred.directory_id
        AND directory_user_id = manager.directory_user_id OFFSET 0) link ON true)`
}
