import { sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { Applying, Change } from './batch.ts'

/** A record that was taken in: what its source said is what the directory has now. */
export interface Remembered {
  kind: 'user' | 'group'
  sourceId: string
  resourceId: string
  hash: string
  active: boolean
  referenceKeys: readonly string[]
}

/** Remembers what the source said of records, and what it calls them by. */
export async function rememberRecords(
  tx: Transaction,
  { directoryId }: Pick<Applying, 'directoryId'>,
  records: readonly Remembered[],
): Promise<void> {
  if (records.length === 0) return
  const references = records.flatMap(({ referenceKeys, resourceId, kind }) =>
    referenceKeys.map((key) => ({ key, resource_id: resourceId, is_user: kind === 'user' })),
  )
  const rows = records.map(({ kind, sourceId, resourceId, hash, active }) => ({
    kind,
    source_id: sourceId,
    resource_id: resourceId,
    hash,
    active,
  }))
  await pipelined(
    send(
      tx.db,
      sql`
      INSERT INTO source_records AS known (organization_id, directory_id, kind, source_id, resource_id, hash, active)
      SELECT ${tx.organizationId}::uuid, ${directoryId}::uuid, kind, source_id, resource_id, hash, active
      FROM json_to_recordset(${JSON.stringify(rows)}) AS draft (kind text, source_id text, resource_id uuid, hash uuid,
        active boolean)
      ON CONFLICT (organization_id, directory_id, kind, source_id)
        DO UPDATE SET hash = excluded.hash, active = excluded.active, missed_scans = 0`,
    ),
    forgetReferences(
      tx,
      records.map(({ resourceId }) => resourceId),
      references.map(({ key }) => key),
    ),
    references.length === 0
      ? Promise.resolve([])
      : send(
          tx.db,
          sql`
          INSERT INTO source_references AS known (organization_id, directory_id, reference_key, resource_id, is_user)
          SELECT DISTINCT ON (key) ${tx.organizationId}::uuid, ${directoryId}::uuid, key, resource_id, is_user
          FROM json_to_recordset(${JSON.stringify(references)}) AS draft (key text, resource_id uuid, is_user boolean)
          ORDER BY key, resource_id
          ON CONFLICT (organization_id, reference_key, directory_id)
            DO UPDATE SET resource_id = excluded.resource_id, is_user = excluded.is_user
            WHERE (known.resource_id, known.is_user) IS DISTINCT FROM (excluded.resource_id, excluded.is_user)`,
        ),
  )
}

/** Counts the first scan that users are missing from. */
export async function noteMissing(tx: Transaction, resourceIds: readonly string[]): Promise<void> {
  if (resourceIds.length === 0) return
  await send(
    tx.db,
    sql`UPDATE source_records SET missed_scans = 1 WHERE ${anyOf('resource_id', resourceIds)}
      AND organization_id = ${tx.organizationId}`,
  )
}

/** They are there again, as they were. */
export async function noteReturned(tx: Transaction, resourceIds: readonly string[]): Promise<void> {
  if (resourceIds.length === 0) return
  await send(
    tx.db,
    sql`UPDATE source_records SET missed_scans = 0 WHERE ${anyOf('resource_id', resourceIds)}
      AND organization_id = ${tx.organizationId}`,
  )
}

/** Nothing of what the source said of these is left but that they were there. */
export async function forgetRecords(tx: Transaction, resourceIds: readonly string[]): Promise<void> {
  if (resourceIds.length === 0) return
  const theirs = sql`${anyOf('resource_id', resourceIds)} AND organization_id = ${tx.organizationId}`
  await pipelined(
    send(
      tx.db,
      sql`
      WITH gone AS (DELETE FROM source_records WHERE ${theirs} RETURNING directory_id, kind, source_id)
      INSERT INTO source_departures (organization_id, directory_id, kind, source_id)
      SELECT ${tx.organizationId}::uuid, directory_id, kind, source_id FROM gone
      ON CONFLICT (organization_id, directory_id, kind, source_id) DO UPDATE SET departed_at = now()`,
    ),
    send(tx.db, sql`DELETE FROM source_references WHERE ${theirs}`),
  )
}

async function forgetReferences(
  tx: Transaction,
  resourceIds: readonly string[],
  kept: readonly string[],
): Promise<void> {
  await send(
    tx.db,
    sql`DELETE FROM source_references WHERE ${anyOf('resource_id', resourceIds)}
      AND organization_id = ${tx.organizationId} AND reference_key <> ALL(${kept}::text[])`,
  )
}

/** The changes of one effect. */
export function withEffect(batch: readonly Change[], ...effects: Change['effect'][]): Change[] {
  return batch.filter(({ effect }) => effects.includes(effect))
}
