import { newUuid } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import type { Transaction } from '../database/transaction.ts'
import type { SettlementKind } from './settlement.ts'

/** The job of the poller that goes on with a settlement when whoever began it did not end it. */
export const settleTask = 'settle'

/** Until then the process that began it works on it. */
const jobDelaySeconds = 30

interface SettlementDraft {
  kind: SettlementKind
  directoryId?: string | null
  holdId?: string | null
  /** How much there is to do, for whoever looks at the progress. */
  total: number
}

/**
 * Notes that many people are to be derived anew, in the transaction that makes it necessary; `finishSettlement` then does
 * it, or the poller. Answers with the id.
 */
export async function startSettlement(tx: Transaction, draft: SettlementDraft): Promise<string> {
  const settlementId = newUuid()
  await tx.db
    .insertInto('settlements')
    .values({
      organization_id: tx.organizationId,
      settlement_id: settlementId,
      kind: draft.kind,
      directory_id: draft.directoryId ?? null,
      hold_id: draft.holdId ?? null,
      total: draft.total,
      cause: JSON.stringify(tx.cause),
    })
    .execute()
  await queueSettlement(tx, settlementId, jobDelaySeconds)
  return settlementId
}

/** Has the poller go on with a settlement; one job of each waits at most. */
export async function queueSettlement(tx: Transaction, settlementId: string, delaySeconds: number): Promise<void> {
  const payload = JSON.stringify({ organizationId: tx.organizationId, settlementId })
  await sql`SELECT graphile_worker.add_job(${settleTask}, payload := ${payload}::json, job_key := ${settlementId},
    run_at := now() + make_interval(secs => ${delaySeconds}))`.execute(tx.db)
}
