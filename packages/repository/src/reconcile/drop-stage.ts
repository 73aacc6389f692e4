import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'

/** Drops what a run has read. */
export function dropStage(database: Database, scope: OrganizationScope, runId: string): Promise<void> {
  return transact(database, scope, { kind: 'system', id: 'drop_stage' }, async (tx) => {
    await send(tx.db, sql`SET LOCAL statement_timeout = 0`)
    await clearStage(tx, runId)
  })
}

export async function clearStage(tx: Transaction, runId: string): Promise<void> {
  for (const table of ['sync_stage_records', 'sync_stage_edges']) {
    await send(
      tx.db,
      sql`DELETE FROM ${sql.table(table)} WHERE organization_id = ${tx.organizationId} AND run_id = ${runId}`,
    )
  }
}
