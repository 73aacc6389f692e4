import type { EventDataOf, EventType } from '@muster/events'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { activateDirectory } from './directories.ts'
import { directoryReference } from './directory-reference.ts'

/** What a sync run changed; `duration` in milliseconds. */
export type SyncStats = EventDataOf<'directory.sync_completed'>['stats']

/** What went wrong, as operators and applications read it: never with a secret in it. */
export type SyncError = EventDataOf<'directory.sync_failed'>['error']

/** The run behind a report; without an id there is none that could be looked up. */
interface Run {
  runId?: string | undefined
}

/**
 * A sync run ended well: `directory.sync_completed`, behind `directory.recovered` when the directory was in error and
 * `directory.activated` when it was the first. Throws when the directory is gone, as all reports do.
 */
export async function reportSyncCompleted(
  tx: Transaction,
  directoryId: string,
  { runId, stats }: Run & { stats: SyncStats },
): Promise<void> {
  await clearDirectoryError(tx, directoryId)
  await activateDirectory(tx, directoryId)
  await append(tx, directoryId, 'directory.sync_completed', { ...runOf(runId), stats })
}

/** A sync run failed: `directory.sync_failed`. The directory says why; its status stays, since another attempt may follow. */
export async function reportSyncFailed(
  tx: Transaction,
  directoryId: string,
  { runId, error }: Run & { error: SyncError },
): Promise<void> {
  await tx.db
    .updateTable('directories')
    .set({ error_message: error.message, updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .execute()
  await append(tx, directoryId, 'directory.sync_failed', { ...runOf(runId), error })
}

/**
 * The directory cannot be read any more, after all attempts: it is in ERROR until `clearDirectoryError`, once with
 * `directory.error`; later ones only change what it says. A paused directory stays paused, and resumes in error.
 */
export async function setDirectoryError(tx: Transaction, directoryId: string, error: SyncError): Promise<void> {
  const rows = await send(
    tx.db,
    sql<{ is_new: boolean }>`
    WITH before AS (
      SELECT error_since FROM directories
      WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId} FOR NO KEY UPDATE
    )
    UPDATE directories d SET error_message = ${error.message}, updated_at = now(),
      error_since = COALESCE(d.error_since, now()), status = CASE WHEN d.status = 'PAUSED' THEN d.status ELSE 'ERROR' END
    FROM before WHERE d.organization_id = ${tx.organizationId} AND d.directory_id = ${directoryId}
    RETURNING before.error_since IS NULL AS is_new`,
  )
  if (rows[0]?.is_new) await append(tx, directoryId, 'directory.error', { error })
}

/** The directory is read again: nothing of an error is left, with `directory.recovered` when it was in one. */
export async function clearDirectoryError(tx: Transaction, directoryId: string): Promise<void> {
  const rows = await send(
    tx.db,
    sql<{ since: Date | null }>`
    WITH before AS (
      SELECT error_since FROM directories
      WHERE organization_id = ${tx.organizationId} AND directory_id = ${directoryId} AND error_message IS NOT NULL
      FOR NO KEY UPDATE
    )
    UPDATE directories d SET error_message = NULL, error_since = NULL, updated_at = now(), status = CASE
        WHEN d.status <> 'ERROR' THEN d.status WHEN d.activated_at IS NULL THEN 'PENDING' ELSE 'ACTIVE' END
    FROM before WHERE d.organization_id = ${tx.organizationId} AND d.directory_id = ${directoryId}
    RETURNING before.error_since AS since`,
  )
  const since = rows[0]?.since
  if (since) await append(tx, directoryId, 'directory.recovered', { since })
}

function runOf(runId: string | undefined) {
  return runId === undefined ? {} : { run: { id: runId } }
}

async function append(
  tx: Transaction,
  directoryId: string,
  type: EventType,
  more: Record<string, unknown>,
): Promise<void> {
  const directory = await directoryReference(tx, directoryId)
  tx.append([{ type, directoryId, subjectId: directoryId, data: { directory, ...more } }])
}
