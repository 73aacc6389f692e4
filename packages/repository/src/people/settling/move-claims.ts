import { sql } from 'kysely'
import { anyOf } from '../../database/any-of.ts'
import { pipelined } from '../../database/pipelined.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import type { MergedRow } from './merge-people.ts'

/**
 * Lets the claims of addresses follow people whose merged address changed: the old one is given up, the new one is
 * taken when nobody has it. A person has no other claim than that. No statement when no address changed.
 */
export async function moveClaims(tx: Transaction, merged: readonly MergedRow[]): Promise<void> {
  const moved = merged
    .filter((row) => row.attributes.emailKey !== row.before_attributes.emailKey)
    .map((row) => ({ user_id: row.user_id, email_key: row.attributes.emailKey }))
  if (moved.length === 0) return
  const ids = moved.map((person) => person.user_id)
  const release = sql`DELETE FROM email_claims WHERE organization_id = ${tx.organizationId} AND ${anyOf('user_id', ids)}`
  const claim = sql`
    INSERT INTO email_claims (organization_id, email_key, user_id)
    SELECT ${tx.organizationId}::uuid, email_key, user_id
    FROM json_to_recordset(${JSON.stringify(moved)}) AS moved (user_id uuid, email_key text)
    WHERE email_key IS NOT NULL ORDER BY email_key COLLATE "C"
    ON CONFLICT (organization_id, email_key) DO NOTHING`
  await pipelined(send(tx.db, release), send(tx.db, claim))
}
