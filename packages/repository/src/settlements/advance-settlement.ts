import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import { withdrawEmpty } from '../holds/withdraw-empty.ts'
import { findSettlement, type Settlement, settlementColumns } from './settlement.ts'
import { queueSettlement, settleTask } from './start-settlement.ts'
import { steps } from './steps.ts'

/** How long a job works on a settlement before it lets others have their turn. */
const jobMilliseconds = 60_000
/** When the next job looks after a settlement whose job never ended, its process being gone. */
const lookAfterSeconds = 180

/**
 * Works on a settlement until it is done or the deadline has passed (milliseconds from now); the poller does the rest.
 * Two may work on one: they take turns. Answers with where it stands; undefined when there is none of this id.
 */
export async function finishSettlement(
  database: Database,
  scope: OrganizationScope,
  settlementId: string,
  { deadlineMilliseconds }: { deadlineMilliseconds: number },
): Promise<Settlement | undefined> {
  const deadline = performance.now() + deadlineMilliseconds
  for (;;) {
    const settlement = await read(database, scope, (reader) => findSettlement(reader, settlementId))
    if (settlement?.status !== 'running' || performance.now() > deadline) return settlement
    await advance(database, scope, settlement)
  }
}

/**
 * As the job of the poller, whose payload names organization and settlement. It queues its successor before it begins: a
 * process that is killed leaves its job locked for hours.
 */
export async function finishSettlementByJob(
  database: Database,
  { organizationId, settlementId }: { organizationId: string; settlementId: string },
): Promise<void> {
  const scope = scopeTo(organizationId)
  const queue = (delaySeconds: number) =>
    transact(database, scope, { kind: 'system', id: settleTask }, (tx) =>
      queueSettlement(tx, settlementId, delaySeconds),
    )
  const isRunning = async () => {
    const settlement = await read(database, scope, (reader) => findSettlement(reader, settlementId))
    return settlement?.status === 'running'
  }
  if (!(await isRunning())) return
  await queue(lookAfterSeconds)
  await finishSettlement(database, scope, settlementId, { deadlineMilliseconds: jobMilliseconds })
  if (await isRunning()) await queue(0)
}

/** Does the next piece in a transaction of its own. The row is locked meanwhile. */
async function advance(database: Database, scope: OrganizationScope, settlement: Settlement): Promise<void> {
  const { settlementId, cause } = settlement
  await transact(database, scope, cause, async (tx) => {
    const own = tx.db
      .selectFrom('settlements')
      .where('organization_id', '=', tx.organizationId)
      .where('settlement_id', '=', settlementId)
      .where('status', '=', 'running')
    const row = await own
      .select([...settlementColumns, 'after_directory_id', 'after_id'])
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) return
    const after = { directoryId: row.after_directory_id, id: row.after_id }
    const { done, next } = await steps[row.kind](tx, { directoryId: row.directory_id, holdId: row.hold_id, after })
    await tx.db
      .updateTable('settlements')
      .set({
        status: next === undefined ? 'done' : 'running',
        after_directory_id: next?.directoryId ?? row.after_directory_id,
        after_id: next?.id ?? row.after_id,
        done: row.done + done,
        updated_at: new Date(),
      })
      .where('organization_id', '=', tx.organizationId)
      .where('settlement_id', '=', settlementId)
      .execute()
    if (next === undefined && row.hold_id !== null) await withdrawEmpty(tx, [row.hold_id], { settled: true })
  })
}
