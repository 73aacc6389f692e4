import { sql } from 'kysely'
import { anyOf } from '../database/any-of.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { HoldRow } from './hold.ts'

/** Who looks for holds that are due does not find these any more. No statement for none. */
export async function closeRoutes(tx: Transaction, rows: readonly HoldRow[]): Promise<void> {
  const ids = rows.map((row) => row.hold_id)
  if (ids.length > 0) await send(tx.db, sql`DELETE FROM hold_routes WHERE ${anyOf('hold_id', ids)}`)
}
