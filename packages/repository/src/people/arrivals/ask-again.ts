import { sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { queueCreatePeople } from './create-people-job.ts'

/**
 * Has those who wait asked about at once, also who rests after a failure; with `vetoed` those, too. Without a hook they are
 * made.
 */
export async function askAgain(tx: Transaction, { vetoed }: { vetoed: boolean }): Promise<void> {
  await send(
    tx.db,
    sql`
    UPDATE arrivals SET state = 'waiting', reason = NULL, failures_in_a_row = 0, error = NULL, ask_at = now()
    WHERE organization_id = ${tx.organizationId}
      AND (state = 'waiting' AND ask_at > now() OR state = 'vetoed' AND ${vetoed}::boolean)`,
  )
  await queueCreatePeople(tx)
}
