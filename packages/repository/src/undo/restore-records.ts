import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { KnownGroup } from '../reconcile/applying/known-groups.ts'
import type { KnownUser } from '../reconcile/applying/known-users.ts'
import { rememberRecords } from '../reconcile/applying/remember-records.ts'
import type { Undoing } from './undoing.ts'

/** What a source had said of a user or group. */
export type Remembered = { id: string } & (
  | { kind: 'user'; source: KnownUser['source'] }
  | { kind: 'group'; source: KnownGroup['source'] }
)

/** Remembers what the source had said before the undone run: the next sync sees again that it says something else. */
export async function restoreRecords(
  tx: Transaction,
  undoing: Undoing,
  remembered: readonly Remembered[],
): Promise<void> {
  const records = remembered.flatMap(({ id, kind, source }) => {
    if (source === null) return []
    const { sourceId, hash, references: referenceKeys } = source
    const { active, missedScans } = 'missedScans' in source ? source : { active: true, missedScans: 0 }
    return [{ kind, sourceId, resourceId: id, hash, active, referenceKeys, missedScans }]
  })
  await rememberRecords(tx, undoing, records)
  const missed = records
    .filter(({ missedScans }) => missedScans > 0)
    .map(({ resourceId, missedScans }) => ({ resource_id: resourceId, missed_scans: missedScans }))
  if (missed.length === 0) return
  await send(
    tx.db,
    sql`
    UPDATE source_records known SET missed_scans = given.missed_scans
    FROM json_to_recordset(${JSON.stringify(missed)}) AS given (resource_id uuid, missed_scans smallint)
    WHERE known.resource_id = given.resource_id AND known.organization_id = ${tx.organizationId}`,
  )
}

/** Of the source's ids those that belong to somebody else by now, each with whom. */
export async function findRecordHolders(
  tx: Transaction,
  { directoryId }: Undoing,
  kind: 'user' | 'group',
  sourceIds: readonly string[],
): Promise<Map<string, string>> {
  if (sourceIds.length === 0) return new Map()
  const rows = await send(
    tx.db,
    sql<{ source_id: string; resource_id: string }>`
    SELECT held.* FROM json_array_elements_text(${JSON.stringify(sourceIds)}::json) AS asked (id)
    CROSS JOIN LATERAL (
      SELECT source_id, resource_id FROM source_records WHERE organization_id = ${tx.organizationId}
        AND directory_id = ${directoryId} AND kind = ${kind} AND source_id = asked.id COLLATE "C" OFFSET 0) held`,
  )
  return new Map(rows.map((row) => [row.source_id, row.resource_id]))
}
