import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { LostRace } from '../../database/database-errors.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'

/**
 * Takes the address, by its folded key, for a person who is given it by hand. What a directory says may be an address
 * that somebody else has; what an administrator says may not.
 * @throws `uniqueness` naming the person who has it, never the address; LostRace when that one gave it up just now
 */
export async function claimByHand(tx: Transaction, userId: string, emailKey: string): Promise<void> {
  const taken = await send(
    tx.db,
    sql`
    INSERT INTO email_claims (organization_id, email_key, user_id) VALUES (${tx.organizationId}, ${emailKey}, ${userId})
    ON CONFLICT (organization_id, email_key) DO NOTHING RETURNING user_id`,
  )
  if (taken.length > 0) return
  const [owner] = await send(
    tx.db,
    sql<{ user_id: string }>`
    SELECT user_id FROM email_claims WHERE organization_id = ${tx.organizationId} AND email_key = ${emailKey}`,
  )
  if (owner === undefined) throw new LostRace('The address was given up')
  if (owner.user_id === userId) return
  throw new MusterError('uniqueness', `Another person has this address: ${toTypeId('user', owner.user_id)}.`)
}

/** Gives up the addresses of a person. */
export async function releaseClaims(tx: Transaction, userId: string): Promise<void> {
  await send(tx.db, sql`DELETE FROM email_claims WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}`)
}
