import { newUuid } from '@muster/runtime/type-ids'
import { type RawBuilder, sql } from 'kysely'
import { LostRace } from '../../database/database-errors.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { type Admission, arrivingUsers } from '../arrivals/arriving.ts'
import { newUserColumns, type UserRow } from '../views/user-view.ts'

/** An arrival with its person: a new one whole, of one that was there only the id. */
export type LinkedRow = {
  directory_user_id: string
  linked_user_id: string
  link_active: boolean
  /** Of a link that gave way to this one. */
  replaced_hold: string | null
} & (({ fresh: true } & UserRow) | { fresh: false })

interface LinkOptions {
  /** Who was decided about: what new people have from their beginning. */
  admitted?: ReadonlyMap<string, Admission> | undefined
  /** Whether nobody new comes into being: only those get a link whose address leads to somebody. */
  joinOnly?: boolean
}

/**
 * Gives every directory user of the list that has no link yet, and that the filters let through, its person: the one who
 * claims the address, when the organization links by email and the person is in no way of this directory already; else a
 * new person (see `arrivingUsers`).
 *
 * Parallel arrivals of one address meet at the claim row: the second waits for the first and then finds its person.
 * Claims are made whatever the organization's policy is; the policy decides whether they lead anywhere (decision 0005).
 * A link whose directory user is gone while its removal waits gives way to the arrival.
 * @throws LostRace when a parallel arrival took the person
 */
export async function linkArrivals(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  settings: DirectorySettings,
  { admitted, joinOnly = false }: LinkOptions = {},
): Promise<LinkedRow[]> {
  const candidates = directoryUserIds.map((id) => {
    const { userId = newUuid(), pinned, metadata }: Partial<Admission> = admitted?.get(id) ?? {}
    return { directory_user_id: id, fresh_user_id: userId, pinned, metadata }
  })
  const { tables, arriving } = arrivingUsers(tx, directoryId, candidates, settings)
  const rows = await send(
    tx.db,
    sql<LinkedRow & { is_linked: boolean }>`
    WITH RECURSIVE ${tables}
    arriving AS MATERIALIZED (${arriving}),
    claimants AS (
      SELECT DISTINCT ON (email_key) email_key COLLATE "C" AS email_key, directory_user_id, fresh_user_id
      FROM arriving WHERE email_key IS NOT NULL ORDER BY email_key, directory_user_id
    ),
    claims AS (${joinOnly ? presentClaims(tx.organizationId) : madeClaims(tx.organizationId)}),
    resolved AS (
      SELECT a.*, waiting.replaced_hold, CASE
          WHEN claim.user_id IS NULL OR NOT a.may_join THEN a.fresh_user_id
          WHEN taken.user_id IS NOT NULL THEN a.fresh_user_id
          ELSE claim.user_id
        END AS user_id
      FROM arriving a
      LEFT JOIN claimants USING (directory_user_id)
      LEFT JOIN claims claim ON claim.email_key = claimants.email_key
      LEFT JOIN LATERAL (SELECT user_id, directory_id, kept FROM user_links
        WHERE organization_id = ${tx.organizationId} AND user_id = claim.user_id
        OFFSET 0) taken ON taken.directory_id = ${directoryId} AND taken.kept IS NULL
      LEFT JOIN LATERAL (SELECT hold_id AS replaced_hold, directory_id, kept FROM user_links
        WHERE organization_id = ${tx.organizationId} AND user_id = claim.user_id
        OFFSET 0) waiting ON waiting.directory_id = ${directoryId} AND waiting.kept IS NOT NULL
    ),
    to_link AS (SELECT * FROM resolved WHERE NOT ${joinOnly}::boolean OR user_id <> fresh_user_id),
    people AS (
      INSERT INTO users (organization_id, user_id, attributes, pinned, metadata, state, directory_id, idp_id)
      SELECT ${tx.organizationId}::uuid, user_id, attributes, pinned, metadata,
        CASE WHEN active THEN 'active' ELSE 'inactive' END, ${directoryId}::uuid, external_id
      FROM to_link WHERE user_id = fresh_user_id
      RETURNING *
    ),
    links AS (
      INSERT INTO user_links AS l (organization_id, directory_id, directory_user_id, user_id, active)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_id, active FROM to_link
      ON CONFLICT (user_id, organization_id, directory_id) DO UPDATE
        SET directory_user_id = excluded.directory_user_id, active = excluded.active, hold_id = NULL, kept = NULL
        WHERE l.kept IS NOT NULL
      RETURNING directory_user_id
    )
    SELECT to_link.directory_user_id, to_link.user_id AS linked_user_id, to_link.active AS link_active,
      to_link.replaced_hold,
      to_link.user_id = to_link.fresh_user_id AS fresh, links.directory_user_id IS NOT NULL AS is_linked,
      ${newUserColumns(tx.organizationId, 'people')}
    FROM to_link
    LEFT JOIN links USING (directory_user_id)
    LEFT JOIN people ON people.user_id = to_link.user_id
    ORDER BY to_link.directory_user_id`,
  )
  if (rows.some((row) => !row.is_linked)) throw new LostRace('Another arrival took the person')
  return rows
}

/** The claims of the claimants' addresses, made now where nobody has them. */
function madeClaims(organizationId: string): RawBuilder<unknown> {
  return sql`
    INSERT INTO email_claims (organization_id, email_key, user_id)
    SELECT ${organizationId}::uuid, email_key, fresh_user_id FROM claimants ORDER BY email_key
    ON CONFLICT (organization_id, email_key) DO UPDATE SET user_id = email_claims.user_id
    RETURNING email_key, user_id`
}

function presentClaims(organizationId: string): RawBuilder<unknown> {
  return sql`
    SELECT c.email_key, claim.user_id FROM claimants c
    CROSS JOIN LATERAL (
      SELECT user_id FROM email_claims WHERE organization_id = ${organizationId} AND email_key = c.email_key
      OFFSET 0) claim`
}
