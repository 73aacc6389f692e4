import { isUuid } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { settleAnew } from './change-store.ts'
import { lockSettings } from './settings-lock.ts'

/**
 * Makes the change that waited in a hold, once that is approved: the organization's order of directories. To be called
 * before anything of the transaction reads settings. Answers with the settlement that it begins, for the caller to finish.
 */
export async function applyPending(tx: Transaction, pending: JsonObject): Promise<string> {
  const order = Array.isArray(pending.directoryOrder) ? pending.directoryOrder : []
  const directoryIds = order.filter((id) => typeof id === 'string' && isUuid(id))
  await lockSettings(tx)
  await send(
    tx.db,
    sql`UPDATE organizations SET directory_order = ${directoryIds}::uuid[], settings_version = settings_version + 1,
      updated_at = now() WHERE organization_id = ${tx.organizationId}`,
  )
  appendAudit(tx, { action: 'organization.update', target: tx.organizationId, detail: { changed: ['directoryOrder'] } })
  return settleAnew(tx, null, null)
}
