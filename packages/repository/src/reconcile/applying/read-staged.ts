import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { SaidGroup, SaidUser } from '../staged-page.ts'
import type { Applying, Change } from './batch.ts'

/** What a run read last of a record. */
export interface Staged<Said> {
  hash: string
  said: Said
  referenceKeys: string[]
}

/** What the run read of the records of changes, by our id; those that it only saw, or missed, are left out. */
export async function readStaged<Said extends SaidUser | SaidGroup>(
  tx: Transaction,
  { runId }: Applying,
  changes: readonly Change[],
): Promise<Map<string, Staged<Said>>> {
  const asked = changes.map(({ kind, sourceId, resourceId }) => ({
    kind,
    source_id: sourceId,
    resource_id: resourceId,
  }))
  const rows = await send(
    tx.db,
    sql<Staged<Said> & { resource_id: string }>`
    SELECT asked.resource_id, staged.hash, staged.record AS said, COALESCE(staged.reference_keys, '{}') AS "referenceKeys"
    FROM json_to_recordset(${JSON.stringify(asked)}) AS asked (kind text, source_id text, resource_id uuid)
    CROSS JOIN LATERAL (
      SELECT hash, record, reference_keys FROM sync_stage_records WHERE organization_id = ${tx.organizationId}
        AND run_id = ${runId} AND kind = asked.kind AND source_id = asked.source_id COLLATE "C" AND effect = 'upsert'
      ORDER BY position DESC LIMIT 1) staged`,
  )
  return new Map(rows.map(({ resource_id: id, ...staged }) => [id, staged]))
}
