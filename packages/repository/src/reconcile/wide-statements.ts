import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/**
 * For statements that read all of a directory: the planner may join as it likes, as long as the transaction lasts. Tables that
 * were never analysed look empty to it, hence no loops over them. Statements may take as long as they take. Plans are made for the
 * values at hand by `auto` and not by force: checks of foreign keys would be planned anew for every row.
 */
export async function allowWideStatements(tx: Transaction): Promise<void> {
  await send(
    tx.db,
    sql`SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on; SET LOCAL enable_nestloop = off;
      SET LOCAL plan_cache_mode = auto; SET LOCAL work_mem = '64MB'`,
  )
}
