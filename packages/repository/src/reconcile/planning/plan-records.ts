import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { Planning } from './planning.ts'
import { latestRecords, ofDirectory } from './staged.ts'

/**
 * A UUID of version 7 (RFC 9562 §5.7): of a random one the first 48 bits become the time in milliseconds, and the version 4
 * becomes 7 by two bits.
 */
const newUuid7 = sql`encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
  PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
  'hex')::uuid`

/**
 * Writes down which users and groups are new, differ in content, are back, are missing for the first time, or are gone. Who is
 * new gets its id here, so that memberships can name it.
 */
export async function planRecords(tx: Transaction, planning: Planning): Promise<void> {
  await send(
    tx.db,
    sql`
    WITH latest AS MATERIALIZED (${latestRecords(tx, planning)}),
    known AS MATERIALIZED (SELECT * FROM source_records WHERE ${ofDirectory(tx, planning)}),
    compared AS (
      SELECT kind, source_id, known.resource_id, CASE
          WHEN known.resource_id IS NULL THEN CASE WHEN latest.effect = 'upsert' THEN 'create' END
          WHEN latest.effect = 'upsert' THEN
            CASE WHEN latest.hash <> known.hash OR known.missed_scans > 0 THEN 'update' END
          WHEN latest.effect = 'present' THEN CASE WHEN known.missed_scans > 0 THEN 'return' END
          WHEN ${isGone(planning)} THEN CASE
            WHEN kind = 'group' OR known.missed_scans + 1 >= ${planning.deleteAfterScans}::integer AND
              (latest.effect IS NULL OR known.missed_scans = 0) THEN 'delete'
            WHEN known.missed_scans = 0 THEN 'deactivate'
          END
        END AS effect
      FROM latest FULL JOIN known USING (kind, source_id)
    )
    INSERT INTO sync_changes (organization_id, run_id, step, resource_id, kind, effect, source_id)
    SELECT ${tx.organizationId}::uuid, ${planning.runId}::uuid, CASE WHEN kind = 'user' THEN 3 WHEN effect = 'delete' THEN 4 ELSE 1 END,
      COALESCE(resource_id, ${newUuid7}), kind, effect, source_id
    FROM compared WHERE effect IS NOT NULL`,
  )
}

/** Counts one more scan for users who are missing and stay as they are; mostly there is none, and nothing to compare. */
export async function noteMisses(tx: Transaction, planning: Planning): Promise<void> {
  if (!planning.readAll) return
  await send(
    tx.db,
    sql`
    WITH latest AS MATERIALIZED (${latestRecords(tx, planning)})
    UPDATE source_records known SET missed_scans = known.missed_scans + 1
    WHERE ${ofDirectory(tx, planning, 'known')} AND known.kind = 'user' AND known.missed_scans > 0
      AND NOT EXISTS (SELECT FROM latest WHERE latest.kind = 'user' AND latest.source_id = known.source_id)
      AND NOT EXISTS (SELECT FROM sync_changes c WHERE c.organization_id = ${tx.organizationId}
        AND c.run_id = ${planning.runId} AND c.step = 3 AND c.resource_id = known.resource_id)
      AND EXISTS (SELECT FROM source_records missed WHERE ${ofDirectory(tx, planning, 'missed')} AND missed.missed_scans > 0)`,
  )
}

/** Said to be gone, or not found although all was read. */
function isGone({ readAll }: Planning): RawBuilder<unknown> {
  return sql`(latest.effect = 'remove' OR latest.effect IS NULL AND ${readAll}::boolean)`
}
