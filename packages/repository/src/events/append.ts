import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { EventDraft, Transaction } from '../database/transaction.ts'

/**
 * Writes the events with the next sequence numbers of the organization. Updating the counter locks it until COMMIT:
 * numbers follow the order of commits, and a rollback gives them back, so the log has no gap (decision 0003).
 * An organization without a counter fails here (NULL sequence) rather than lose its events.
 */
export async function flushEvents(tx: Transaction, drafts: readonly EventDraft[]): Promise<void> {
  const rows = drafts.map((draft, index) => ({
    position: index + 1,
    event_id: newUuid(),
    type: draft.type,
    directory_id: draft.directoryId,
    subject_id: draft.subjectId,
    cause: draft.cause ?? tx.cause,
    data: draft.data,
  }))
  await send(
    tx.db,
    sql`
    WITH taken AS (
      UPDATE event_sequences SET last_sequence = last_sequence + ${drafts.length}
      WHERE organization_id = ${tx.organizationId}
      RETURNING last_sequence - ${drafts.length} AS base
    )
    INSERT INTO events (organization_id, sequence, event_id, type, directory_id, subject_id, cause, data, occurred_at)
    SELECT ${tx.organizationId}::uuid, (SELECT base FROM taken) + draft.position, draft.event_id, draft.type,
      draft.directory_id, draft.subject_id, draft.cause, draft.data, clock_timestamp()
    FROM json_to_recordset(${JSON.stringify(rows)}) AS draft
      (position integer, event_id uuid, type text, directory_id uuid, subject_id uuid, cause json, data json)`,
  )
}
