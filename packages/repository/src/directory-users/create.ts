import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { type DirectorySettings, settingsOf } from '../settings/directory-settings.ts'
import { type DirectoryUserDraft, directoryUserColumns, emailColumns, referenceKeys } from './columns.ts'
import { appendSynced } from './synced.ts'

export interface Stored {
  version: number
  createdAt: Date
  updatedAt: Date
}

export interface CreatedRow {
  directory_user_id: string
  version: number
  created_at: Date
  updated_at: Date
}

/**
 * Stores new users of a directory, makes their people and appends the events. A user whose userName is taken is left
 * out: the answer has no entry for it. One round trip whatever the number, when all of them are new people.
 */
export async function createDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
): Promise<Map<string, Stored>> {
  const ids = drafts.map((draft) => draft.directoryUserId)
  const causes = new Map(drafts.map((draft) => [draft.directoryUserId, draft.cause]))
  const settings = await settingsOf(tx, directoryId)
  const [rows, people] = await pipelined(
    insertUsers(tx, directoryId, drafts, settings),
    settlePeople(tx, directoryId, ids, { arrived: { keys: referenceKeys(drafts) }, causes }),
  )
  const stored = new Map(
    rows.map((row) => [
      row.directory_user_id,
      { version: row.version, createdAt: row.created_at, updatedAt: row.updated_at },
    ]),
  )
  tx.count(directoryId, 'users', rows.length)
  const created = drafts.filter((draft) => stored.has(draft.directoryUserId))
  await appendSynced(tx, directoryId, created, people)
  return stored
}

/** Stores new users; who has a name that is taken is left out. */
export function insertUsers(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
  settings: DirectorySettings,
): Promise<CreatedRow[]> {
  const rows = drafts.map((draft) => directoryUserColumns(draft, settings))
  return send(
    tx.db,
    sql<CreatedRow>`
    WITH created AS (
      INSERT INTO directory_users (organization_id, directory_id, directory_user_id, user_name_key, display_name_key,
        external_id, active, selected, resource, folded, mapped)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, user_name_key, display_name_key,
        external_id, active, selected, resource, folded, mapped
      FROM json_to_recordset(${JSON.stringify(rows)}) AS draft (directory_user_id uuid,
        user_name_key text, display_name_key text, external_id text, active boolean, selected boolean, resource jsonb,
        folded jsonb, mapped jsonb)
      ORDER BY user_name_key COLLATE "C", directory_user_id
      ON CONFLICT (organization_id, directory_id, user_name_key) DO NOTHING
      RETURNING directory_user_id, version, created_at, updated_at
    ),
    emails AS (
      INSERT INTO directory_user_emails
        (organization_id, directory_id, directory_user_id, position, value_key, type_key)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, position, value_key, type_key
      FROM json_to_recordset(${JSON.stringify(drafts.flatMap(emailColumns))}) AS email
        (directory_user_id uuid, position smallint, value_key text, type_key text)
      JOIN created USING (directory_user_id)
    )
    SELECT * FROM created`,
  )
}
