import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settle-people.ts'
import { type DirectoryUserDraft, directoryUserColumns, emailColumns } from './columns.ts'
import type { Stored } from './create.ts'
import { appendSynced } from './synced.ts'

export interface LockedDirectoryUser extends Stored {
  document: DirectoryUserDraft['document']
}

/** The stored document of a user, locked until the end of the transaction; undefined when there is no such user. */
export async function lockDirectoryUser(
  tx: Transaction,
  directoryId: string,
  directoryUserId: string,
): Promise<LockedDirectoryUser | undefined> {
  const row = await tx.db
    .selectFrom('directory_users')
    .select(['resource', 'version', 'created_at', 'updated_at'])
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .where('directory_user_id', '=', directoryUserId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { document: row.resource, version: row.version, createdAt: row.created_at, updatedAt: row.updated_at }
}

/**
 * Replaces the documents of users that are there (and differ: the caller compares), with a new version each, settles
 * their people and appends the events. Throws `uniqueness` when a userName is taken.
 */
export async function updateDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
): Promise<Map<string, Stored>> {
  const { rows } = await sql<{ directory_user_id: string; version: number; created_at: Date; updated_at: Date }>`
    WITH changed AS (
      UPDATE directory_users u SET user_name_key = draft.user_name_key, display_name_key = draft.display_name_key,
        external_id = draft.external_id, active = draft.active, resource = draft.resource, mapped = draft.mapped,
        version = u.version + 1, updated_at = now()
      FROM json_to_recordset(${JSON.stringify(drafts.map(directoryUserColumns))}) AS draft (directory_user_id uuid,
        user_name_key text, display_name_key text, external_id text, active boolean, resource jsonb, mapped jsonb)
      WHERE u.organization_id = ${tx.organizationId} AND u.directory_id = ${directoryId}
        AND u.directory_user_id = draft.directory_user_id
      RETURNING u.directory_user_id, u.version, u.created_at, u.updated_at
    ),
    wanted AS MATERIALIZED (
      SELECT email.* FROM json_to_recordset(${JSON.stringify(drafts.flatMap(emailColumns))}) AS email
        (directory_user_id uuid, position smallint, value_key text, type_key text)
      JOIN changed USING (directory_user_id)
    ),
    dropped AS (
      DELETE FROM directory_user_emails e USING changed
      WHERE e.organization_id = ${tx.organizationId} AND e.directory_id = ${directoryId}
        AND e.directory_user_id = changed.directory_user_id AND NOT EXISTS (
          SELECT FROM wanted WHERE wanted.directory_user_id = e.directory_user_id AND wanted.position = e.position)
    ),
    kept AS (
      INSERT INTO directory_user_emails
        (organization_id, directory_id, directory_user_id, position, value_key, type_key)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, position, value_key, type_key
      FROM wanted
      ON CONFLICT (organization_id, directory_id, directory_user_id, position)
        DO UPDATE SET value_key = excluded.value_key, type_key = excluded.type_key
        WHERE (directory_user_emails.value_key, directory_user_emails.type_key)
          IS DISTINCT FROM (excluded.value_key, excluded.type_key)
    )
    SELECT * FROM changed`.execute(tx.db)
  const people = await settlePeople(
    tx,
    directoryId,
    rows.map((row) => row.directory_user_id),
  )
  await appendSynced(tx, directoryId, drafts, people)
  return new Map(
    rows.map((row) => [
      row.directory_user_id,
      { version: row.version, createdAt: row.created_at, updatedAt: row.updated_at },
    ]),
  )
}
