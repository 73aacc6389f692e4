import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

/**
 * For statements that read all of a directory: the planner may join as it likes. Tables that were never analysed look empty to it,
 * hence no loops over them. Statements may take as long as they take. Plans are made for the values at hand by `auto` and not by
 * force: checks of foreign keys would be planned anew for every row.
 */
const wide = sql`SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on; SET LOCAL enable_nestloop = off;
  SET LOCAL plan_cache_mode = auto; SET LOCAL work_mem = '64MB'`

/** Statements behind them are planned as everywhere: a plan may outlive its transaction. */
const usual = sql`SET LOCAL statement_timeout TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT;
  SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT; SET LOCAL work_mem TO DEFAULT`

/** Does work that consists of statements over all of a directory. */
export async function widely<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await send(tx.db, wide)
  const result = await work()
  await send(tx.db, usual)
  return result
}
