import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { MergedRow } from './merge-people.ts'

/**
 * Lets the claims of addresses follow people whose merged address changed: the old ones are given up, the new one is
 * taken when nobody has it. No statement when no address changed.
 */
export async function moveClaims(tx: Transaction, merged: readonly MergedRow[]): Promise<void> {
  const moved = merged
    .filter((row) => row.attributes.emailKey !== row.before_attributes.emailKey)
    .map((row) => ({ user_id: row.user_id, email_key: row.attributes.emailKey }))
  if (moved.length === 0) return
  const people = sql`json_to_recordset(${JSON.stringify(moved)}) AS moved (user_id uuid, email_key text)`
  const release = sql`
    DELETE FROM email_claims e USING ${people}
    WHERE e.organization_id = ${tx.organizationId} AND e.user_id = moved.user_id AND e.email_key <> moved.email_key`
  const claim = sql`
    INSERT INTO email_claims (organization_id, email_key, user_id)
    SELECT ${tx.organizationId}::uuid, email_key, user_id FROM ${people} ORDER BY email_key COLLATE "C"
    ON CONFLICT (organization_id, email_key) DO NOTHING`
  await pipelined(send(tx.db, release), send(tx.db, claim))
}
