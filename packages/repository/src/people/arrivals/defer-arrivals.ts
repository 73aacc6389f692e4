import type { Cause } from '@muster/events'
import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { DirectorySettings } from '../../settings/directory-settings.ts'
import { arrivingUsers } from './arriving.ts'
import { createPeopleJob } from './create-people-job.ts'

/**
 * Has those among the directory users wait for the hook who have no person, and whom the filters let through; who was
 * vetoed is asked about again when the document is another one than the hook saw. Who is filtered out by now, or found a
 * person, waits no more. The job that asks is queued in the same statement, the last of a settlement: it locks a row that
 * others of the organization queue for.
 */
export async function deferArrivals(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
  settings: DirectorySettings,
  causes: ReadonlyMap<string, Cause | undefined> = new Map(),
): Promise<void> {
  const candidates = directoryUserIds.map((id) => ({
    directory_user_id: id,
    fresh_user_id: newUuid(),
    cause: causes.get(id) ?? tx.cause,
  }))
  const { tables, arriving } = arrivingUsers(tx, directoryId, candidates, settings)
  const here = sql`organization_id = ${tx.organizationId} AND directory_id = ${directoryId}`
  await send(
    tx.db,
    sql`
    WITH RECURSIVE ${tables}
    arriving AS MATERIALIZED (${arriving}),
    asked AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(candidates)}) AS c (directory_user_id uuid, cause jsonb)
    ),
    gone AS (
      DELETE FROM arrivals WHERE ${here} AND directory_user_id = ANY(ARRAY(
        SELECT directory_user_id FROM asked EXCEPT SELECT directory_user_id FROM arriving))
    ),
    deferred AS (
      INSERT INTO arrivals AS a (organization_id, directory_id, directory_user_id, user_id, cause)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, directory_user_id, arriving.fresh_user_id, asked.cause
      FROM arriving JOIN asked USING (directory_user_id) ORDER BY directory_user_id
      ON CONFLICT (organization_id, directory_id, directory_user_id) DO UPDATE SET state = 'waiting', reason = NULL,
        cause = excluded.cause, arrived_at = now(), ask_at = now(), failures_in_a_row = 0, error = NULL
        WHERE a.state = 'vetoed' AND a.asked_version IS DISTINCT FROM (
          SELECT version FROM arriving WHERE directory_user_id = a.directory_user_id)
      RETURNING directory_user_id
    )
    SELECT ${createPeopleJob(tx)} FROM (SELECT count(*) AS count FROM deferred) made WHERE made.count > 0`,
  )
}
