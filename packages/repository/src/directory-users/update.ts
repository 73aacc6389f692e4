import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { type DirectorySettings, settingsOf } from '../settings/directory-settings.ts'
import { type DirectoryUserDraft, directoryUserColumns, emailColumns } from './columns.ts'
import type { Stored } from './create.ts'
import { appendSynced } from './synced.ts'

/**
 * Replaces the documents of users that are there (and differ: the caller compares), with a new version each, settles
 * their people and appends the events. Throws `uniqueness` when a userName is taken.
 */
export async function updateDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
): Promise<Map<string, Stored>> {
  const settings = await settingsOf(tx, directoryId)
  const rows = await storeDocuments(tx, directoryId, drafts, settings)
  const people = await settlePeople(
    tx,
    directoryId,
    rows.map((row) => row.directory_user_id),
    {
      shifting: rows.some((row) => row.counts !== row.counted),
      ending: rows.some((row) => row.counted && !row.counts),
      managers: rows.some((row) => row.has_manager),
      causes: new Map(drafts.map((draft) => [draft.directoryUserId, draft.cause])),
    },
  )
  await appendSynced(tx, directoryId, drafts, people)
  return new Map(
    rows.map((row) => [
      row.directory_user_id,
      { version: row.version, createdAt: row.created_at, updatedAt: row.updated_at },
    ]),
  )
}

export interface ChangedRow {
  directory_user_id: string
  version: number
  created_at: Date
  updated_at: Date
  /** How many addresses there are now; the rows behind them are left over. */
  email_count: number
  has_more_emails: boolean
  /** Whether it counted for its person before, and does now, as far as groups do not decide. */
  counted: boolean
  counts: boolean
  /** Whether it names a manager, or did. */
  has_manager: boolean
}

/** Replaces the documents of users that are there, with a new version each. @throws `uniqueness` when a userName is taken */
export async function storeDocuments(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
  settings: DirectorySettings,
): Promise<ChangedRow[]> {
  const rows = await writeDocuments(tx, directoryId, drafts, settings)
  await dropEmails(tx, directoryId, rows)
  return rows
}

/** The users are probed one by one and written by INSERT … ON CONFLICT, for the reason that mergePeople gives. */
async function writeDocuments(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
  settings: DirectorySettings,
): Promise<ChangedRow[]> {
  const emails = drafts.map(emailColumns)
  const users = drafts.map((draft, index) => ({
    ...directoryUserColumns(draft, settings),
    email_count: emails[index]?.length ?? 0,
  }))
  const { rows } = await sql<ChangedRow>`
    WITH present AS MATERIALIZED (
      SELECT draft.*, locked.active AND locked.selected AS counted, draft.active AND draft.selected AS counts,
        locked.mapped -> 'managerKey' IS NOT NULL OR draft.mapped -> 'managerKey' IS NOT NULL AS has_manager
      FROM json_to_recordset(${JSON.stringify(users)}) AS draft (directory_user_id uuid,
        user_name_key text, display_name_key text, external_id text, active boolean, selected boolean, resource jsonb,
        folded jsonb, mapped jsonb, email_count integer)
      CROSS JOIN LATERAL (
        SELECT u.active, u.selected, u.mapped FROM directory_users u WHERE u.organization_id = ${tx.organizationId}
          AND u.directory_id = ${directoryId} AND u.directory_user_id = draft.directory_user_id
        FOR NO KEY UPDATE) locked
    ),
    changed AS (
      INSERT INTO directory_users AS u (organization_id, directory_id, directory_user_id, user_name_key,
        display_name_key, external_id, active, selected, resource, folded, mapped)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_name_key, display_name_key,
        external_id, active, selected, resource, folded, mapped FROM present
      ON CONFLICT (organization_id, directory_id, directory_user_id) DO UPDATE SET
        user_name_key = excluded.user_name_key, display_name_key = excluded.display_name_key,
        external_id = excluded.external_id, active = excluded.active, selected = excluded.selected, resource = excluded.resource,
        folded = excluded.folded, mapped = excluded.mapped, version = u.version + 1, updated_at = now()
      RETURNING u.directory_user_id, u.version, u.created_at, u.updated_at
    ),
    kept AS (
      INSERT INTO directory_user_emails AS e
        (organization_id, directory_id, directory_user_id, position, value_key, type_key)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, position, value_key, type_key
      FROM json_to_recordset(${JSON.stringify(emails.flat())}) AS email
        (directory_user_id uuid, position smallint, value_key text, type_key text)
      JOIN changed USING (directory_user_id)
      ON CONFLICT (organization_id, directory_id, directory_user_id, position)
        DO UPDATE SET value_key = excluded.value_key, type_key = excluded.type_key
        WHERE (e.value_key, e.type_key) IS DISTINCT FROM (excluded.value_key, excluded.type_key)
    )
    SELECT changed.*, present.email_count, present.counted, present.counts, present.has_manager, EXISTS (
        SELECT FROM directory_user_emails e WHERE e.organization_id = ${tx.organizationId}
          AND e.directory_id = ${directoryId} AND e.directory_user_id = changed.directory_user_id
          AND e.position >= present.email_count OFFSET 0) AS has_more_emails
    FROM changed JOIN present USING (directory_user_id)`.execute(tx.db)
  return rows
}

/** Drops the addresses behind the last one; no statement when there are none. */
async function dropEmails(tx: Transaction, directoryId: string, rows: readonly ChangedRow[]): Promise<void> {
  const shorter = rows.filter((row) => row.has_more_emails)
  if (shorter.length === 0) return
  await sql`
    DELETE FROM directory_user_emails e USING json_to_recordset(${JSON.stringify(shorter)}) AS changed
      (directory_user_id uuid, email_count integer)
    WHERE e.organization_id = ${tx.organizationId} AND e.directory_id = ${directoryId}
      AND e.directory_user_id = changed.directory_user_id AND e.position >= changed.email_count`.execute(tx.db)
}
