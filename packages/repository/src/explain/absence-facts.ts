import type { JsonObject } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import type { DirectoryStatus, LinkByEmail } from '../tables.ts'
import { type AbsenceQuestion, found } from './found-users.ts'
import { type Edge, edgesUp, type NamedGroup, namedGroups } from './group-facts.ts'
import { explainLimits } from './limits.ts'
import { type LinkFacts, linkFacts } from './link-facts.ts'

/** A directory user that was found, with who else has its address. */
export interface FoundFacts extends LinkFacts {
  /** Who claims the address that the directory user provides. */
  claimed_by: string | null
  /** Whether that person is a user of the same directory. */
  claimant_is_here: boolean
  last_request_id: string | null
  /** Whether it waits for the hook, or was vetoed, and what the application said; null when neither. */
  arrival: { state: 'waiting' | 'vetoed'; reason: string | null } | null
}

/** A person with the address or user name that was asked for. */
export interface FoundPerson {
  user_id: string
  state: 'active' | 'inactive'
  directory_id: string | null
  is_held: boolean
}

interface IdleDirectory {
  directory_id: string
  name: string
  status: Exclude<DirectoryStatus, 'ACTIVE'>
}

/** All that an explanation of somebody's absence is made of, as it is at one moment. */
export interface AbsenceFacts {
  sync_filters: JsonObject
  link_by_email: LinkByEmail
  verified_domains: string[]
  directory_users: FoundFacts[] | null
  edges: Edge[] | null
  named: NamedGroup[] | null
  users: FoundPerson[] | null
  /** Directories that were asked about and may take nothing in. */
  idle: IdleDirectory[] | null
}

/** One statement, so that it is one moment. */
export async function readAbsenceFacts(reader: Reader, question: AbsenceQuestion): Promise<AbsenceFacts> {
  const { organizationId } = reader
  const { directoryUsers, users } = found(reader, question)
  const [facts] = await send(
    reader.db,
    sql<AbsenceFacts>`
    WITH RECURSIVE own AS MATERIALIZED (
      SELECT * FROM (${directoryUsers}) f ORDER BY directory_id, directory_user_id
      LIMIT ${sql.lit(explainLimits.directoryUsers + 1)}),
    ${edgesUp(organizationId)}
    SELECT o.sync_filters, o.link_by_email, o.verified_domains,
      (SELECT json_agg(f ORDER BY f.directory_id, f.directory_user_id) FROM (${foundFacts(organizationId)}) f)
        AS directory_users,
      (SELECT json_agg(n) FROM nearest n) AS edges,
      ${namedGroups(organizationId)} AS named,
      (SELECT json_agg(p ORDER BY p.user_id) FROM (${foundPeople(organizationId, users)}) p) AS users,
      (SELECT json_agg(d ORDER BY d.directory_id) FROM (
        SELECT directory_id, name, status FROM directories WHERE organization_id = ${organizationId}
          AND status <> 'ACTIVE' AND directory_id = COALESCE(${question.directoryId ?? null}::uuid, directory_id)
        ORDER BY directory_id LIMIT ${sql.lit(explainLimits.directories)}) d) AS idle
    FROM organizations o WHERE o.organization_id = ${organizationId}`,
  )
  if (facts === undefined) throw new Error('The organization is gone')
  return facts
}

function foundFacts(organizationId: string): RawBuilder<unknown> {
  const mine = sql`organization_id = ${organizationId}`
  return sql`
    SELECT f.*, claim.user_id AS claimed_by, here.directory_id IS NOT NULL AS claimant_is_here,
      (${lastRequest(organizationId)}) AS last_request_id, (
        SELECT json_build_object('state', a.state, 'reason', a.reason) FROM arrivals a WHERE a.${mine}
          AND a.directory_id = f.directory_id AND a.directory_user_id = f.directory_user_id) AS arrival
    FROM (${linkFacts(organizationId)}) f
    -- Read from the document beforehand: what is not leakproof reaches no index.
    CROSS JOIN LATERAL (SELECT f.mapped ->> 'emailKey' AS email_key OFFSET 0) own_address
    LEFT JOIN LATERAL (
      SELECT user_id FROM email_claims WHERE ${mine} AND email_key = own_address.email_key COLLATE "C" OFFSET 0
    ) claim ON true
    LEFT JOIN LATERAL (
      SELECT directory_id FROM user_links WHERE ${mine} AND user_id = claim.user_id OFFSET 0
    ) here ON here.directory_id = f.directory_id`
}

/** What was sent to the user's own address, or made it. Of the newest requests only: nothing finds them by user. */
function lastRequest(organizationId: string): RawBuilder<unknown> {
  return sql`
    SELECT recent.request_id FROM (
      SELECT request_id, method, path, answer_body FROM scim_requests
      WHERE organization_id = ${organizationId} AND directory_id = f.directory_id
      ORDER BY request_id DESC LIMIT ${sql.lit(explainLimits.requests)}) recent
    WHERE CASE WHEN recent.method = 'POST' THEN recent.answer_body ->> 'id' = f.directory_user_id::text
      ELSE recent.path = '/Users/' || f.directory_user_id END
    ORDER BY recent.request_id DESC LIMIT 1`
}

function foundPeople(organizationId: string, users: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    SELECT u.user_id, u.state, u.directory_id, EXISTS (
      SELECT FROM user_links l WHERE l.organization_id = ${organizationId} AND l.user_id = u.user_id OFFSET 0) AS is_held
    FROM (${users} ORDER BY user_id LIMIT ${sql.lit(explainLimits.users + 1)}) u`
}
