import { type RawBuilder, sql } from 'kysely'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'

/** The job of the poller that has the people made who wait for it. */
const createPeopleTask = 'create_people'

/** The expression that queues the job; one of an organization waits at most. */
export function createPeopleJob({ organizationId }: Transaction, delaySeconds = 0): RawBuilder<unknown> {
  const payload = JSON.stringify({ organizationId })
  return sql`graphile_worker.add_job(${createPeopleTask}, payload := ${payload}::json,
    job_key := ${`${createPeopleTask}:${organizationId}`},
    run_at := now() + make_interval(secs => ${delaySeconds}::double precision))`
}

/** Has the poller make the people who wait, after so many seconds. */
export async function queueCreatePeople(tx: Transaction, delaySeconds = 0): Promise<void> {
  await send(tx.db, sql`SELECT ${createPeopleJob(tx, delaySeconds)}`)
}
