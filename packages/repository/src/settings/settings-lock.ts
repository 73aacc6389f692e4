import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

const taken = new WeakSet<Transaction>()

/**
 * Holds what people of the organization are derived by as it is until COMMIT; any number of transactions may. Sent once a
 * transaction, before it reads settings.
 */
export function holdSettings(tx: Transaction): void {
  if (taken.has(tx)) return
  taken.add(tx)
  tx.assure(send(tx.db, sql`SELECT pg_advisory_xact_lock_shared(${lockKey(tx)})`).then(() => undefined))
}

/**
 * Waits until nobody derives people of the organization by the old settings, and lets nobody begin before COMMIT. To be
 * sent first of all: who holds rows already would wait for those who wait for them.
 */
export async function lockSettings(tx: Transaction): Promise<void> {
  taken.add(tx)
  await send(tx.db, sql`SELECT pg_advisory_xact_lock(${lockKey(tx)})`)
}

function lockKey({ organizationId }: Transaction) {
  return sql`hashtextextended(${`settings ${organizationId}`}, 0)`
}
