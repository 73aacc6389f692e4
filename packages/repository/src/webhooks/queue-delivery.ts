import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

const deliverTask = 'deliver_webhooks'
/** When somebody looks after whoever was to deliver: a process that is killed leaves its job locked for hours. */
const lookAfterSeconds = 50

/**
 * Has the poller deliver to an endpoint at that time, and look whether that was done. One job of each waits at most, and the
 * last word counts: it is said under the endpoint's lock.
 */
export async function queueDelivery(tx: Transaction, endpointId: string, at: Date): Promise<void> {
  const jobs = [addJob(tx, endpointId, 'deliver', sql`${at}::timestamptz`), lookAfter(tx, endpointId, at)]
  await send(tx.db, sql`SELECT ${sql.join(jobs)}`)
}

/** The same for whoever delivers already: from now on, somebody looks after it. */
export async function queueLookAfter(tx: Transaction, endpointId: string, now: Date): Promise<void> {
  await send(tx.db, sql`SELECT ${lookAfter(tx, endpointId, now)}`)
}

function lookAfter(tx: Transaction, endpointId: string, at: Date) {
  return addJob(
    tx,
    endpointId,
    'look after',
    sql`${at}::timestamptz + make_interval(secs => ${sql.lit(lookAfterSeconds)})`,
  )
}

function addJob(tx: Transaction, endpointId: string, what: string, at: ReturnType<typeof sql>) {
  const payload = JSON.stringify({ organizationId: tx.organizationId, endpointId })
  return sql`(graphile_worker.add_job(${deliverTask}, payload := ${payload}::json, job_key := ${`${what}:${endpointId}`},
    run_at := ${at})).id`
}
