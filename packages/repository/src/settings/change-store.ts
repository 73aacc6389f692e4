import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'
import { startSettlement } from '../settlements/start-settlement.ts'
import { type PlanBasis, type SettingsChange, storedFilters } from './plan-basis.ts'

/** Stores what differs. The caller has locked the settings. */
export async function storeSettings(tx: Transaction, { differing }: PlanBasis, change: SettingsChange): Promise<void> {
  const { directoryId, syncFilters, mapping, directoryOrder } = change
  if (differing.length === 0) return
  const filters = syncFilters && { sync_filters: JSON.stringify(storedFilters(syncFilters)) }
  await tx.db
    .updateTable('organizations')
    .set({
      ...(directoryId === null && { ...filters, updated_at: new Date() }),
      ...(directoryOrder && { directory_order: [...directoryOrder] }),
      settings_version: sql<number>`settings_version + 1`,
    })
    .where('organization_id', '=', tx.organizationId)
    .execute()
  if (directoryId === null) return
  await tx.db
    .updateTable('directories')
    .set({ ...filters, ...(mapping && { mapping: JSON.stringify(mapping) }), updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .execute()
}

/** Begins to derive everybody anew, of a directory or of all; removals wait in the hold, if there is one. */
export async function settleAnew(tx: Transaction, directoryId: string | null, holdId: string | null): Promise<string> {
  const counts = tx.db
    .selectFrom('directory_counts')
    .select(({ fn }) => fn.coalesce(fn.sum<number>('user_count'), sql<number>`0`).as('total'))
    .where('organization_id', '=', tx.organizationId)
  const { total } = await (directoryId === null
    ? counts
    : counts.where('directory_id', '=', directoryId)
  ).executeTakeFirstOrThrow()
  return startSettlement(tx, { kind: 'directory_users', directoryId, holdId, total: Number(total) })
}
