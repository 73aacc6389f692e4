import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { HookKind } from '../tables.ts'
import { hookReference } from './hook.ts'
import { retrySeconds } from './retry-seconds.ts'

/** How a call ended. */
export interface HookCallOutcome {
  /** The name of what went wrong; null when the hook did as agreed. */
  error: string | null
  /** Whether it is left alone for a while. */
  rests: boolean
}

interface HealthRow {
  hook_id: string
  kind: HookKind
  failing_since: Date | null
  failures_in_a_row: number
  /** Whether somebody still waits whom it did not decide about as agreed. */
  owes: boolean
}

/** Ends the turn, and stores how the call ended; says it once when a hook begins to fail, and once when that is over. */
export async function noteHookCall(tx: Transaction, hookId: string, { error, rests }: HookCallOutcome): Promise<void> {
  const own = sql`organization_id = ${tx.organizationId} AND hook_id = ${hookId}`
  const [row] = await send(
    tx.db,
    sql<HealthRow>`
    SELECT hook_id, kind, failing_since, failures_in_a_row, kind = 'before_create' AND failing_since IS NOT NULL AND EXISTS (
      SELECT FROM arrivals WHERE organization_id = ${tx.organizationId} AND state = 'waiting' AND failures_in_a_row > 0
    ) AS owes
    FROM hooks WHERE ${own} FOR NO KEY UPDATE`,
  )
  if (row === undefined) return
  const failures = error === null ? 0 : row.failures_in_a_row + 1
  const isFailing = error !== null || row.owes
  const rest = rests ? retrySeconds(failures) : null
  await send(
    tx.db,
    sql`
    UPDATE hooks SET leased_until = NULL, failures_in_a_row = ${failures},
      failing_since = CASE WHEN ${isFailing}::boolean THEN COALESCE(failing_since, now()) END,
      last_error = CASE WHEN ${isFailing}::boolean THEN COALESCE(${error}::text, last_error) END,
      retry_at = now() + make_interval(secs => ${rest}::double precision),
      last_success_at = CASE WHEN ${error === null}::boolean THEN now() ELSE last_success_at END
    WHERE ${own}`,
  )
  const hook = hookReference(row)
  const event = { directoryId: null, subjectId: hookId } as const
  if (error !== null && row.failing_since === null) {
    tx.append([{ ...event, type: 'hook.failing', data: { hook: { ...hook, error } } }])
  }
  if (!isFailing && row.failing_since !== null) tx.append([{ ...event, type: 'hook.recovered', data: { hook } }])
}

/** Gives the turn back without a call. */
export async function endHookTurn(tx: Transaction, hookId: string): Promise<void> {
  await send(
    tx.db,
    sql`UPDATE hooks SET leased_until = NULL WHERE organization_id = ${tx.organizationId} AND hook_id = ${hookId}`,
  )
}
