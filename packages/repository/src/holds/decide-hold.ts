import { MusterError } from '@muster/runtime/errors'
import { appendAudit } from '../audit/append.ts'
import { pipelined } from '../database/pipelined.ts'
import type { Transaction } from '../database/transaction.ts'
import { applyPending } from '../settings/apply-pending.ts'
import { lockSettings } from '../settings/settings-lock.ts'
import { startSettlement } from '../settlements/start-settlement.ts'
import type { HoldStatus } from '../tables.ts'
import { closeRoutes } from './close-routes.ts'
import { countWaiting } from './find-holds.ts'
import { type HoldRow, holdColumns } from './hold.ts'
import { appendHoldEvents } from './hold-events.ts'
import { lockWindowsOf } from './window.ts'

/** The decisions, each with what it is written down as and the states it can be made in. */
const decisions = {
  approved: { action: 'hold.approve', from: ['open', 'rejected', 'expired'] },
  rejected: { action: 'hold.reject', from: ['open'] },
} as const satisfies Partial<Record<HoldStatus, { action: string; from: readonly HoldStatus[] }>>

/**
 * Lets go of what waits in a hold, be it open, rejected or expired: marks it approved and starts the settlement that
 * carries the removals out, or the one that follows a change of settings which is made now. Answers with the settlement's
 * id; undefined when there is no such hold.
 * @throws `conflict` when it is approved or withdrawn already, or when removals are still being put into it
 */
export async function approveHold(tx: Transaction, holdId: string): Promise<string | undefined> {
  const known = await findRow(tx, holdId)
  if (known === undefined) return undefined
  // Before any row is locked, as whoever changes settings does.
  if (known.pending !== null) await lockSettings(tx)
  await refuseWhileGrowing(tx, holdId)
  const { total } = await decide(tx, holdId, 'approved')
  if (known.pending !== null) return applyPending(tx, known.pending)
  return startSettlement(tx, { kind: 'hold', holdId, directoryId: known.directory_id, total })
}

/**
 * Leaves people what they have: what waits stays marked until the source says otherwise, or somebody approves after all.
 * False when there is no such hold.
 * @throws `conflict` when it is not open
 */
export async function rejectHold(tx: Transaction, holdId: string): Promise<boolean> {
  if ((await findRow(tx, holdId)) === undefined) return false
  await decide(tx, holdId, 'rejected')
  return true
}

/** Behind the lock nobody puts anything into the hold any more, nor looks whether it is empty. */
async function decide(tx: Transaction, holdId: string, status: keyof typeof decisions): Promise<{ total: number }> {
  const { action, from } = decisions[status]
  await lockWindowsOf(tx, [holdId])
  const row = await tx.db
    .updateTable('holds')
    .set({ status, decided_at: new Date(), decided_by: JSON.stringify(tx.cause) })
    .where('organization_id', '=', tx.organizationId)
    .where('hold_id', '=', holdId)
    .where('status', 'in', from)
    .returning(holdColumns)
    .executeTakeFirst()
  if (row === undefined) throw new MusterError('conflict', `The hold is ${(await findRow(tx, holdId))?.status}.`)
  const [waiting] = await pipelined(
    countWaiting(tx, holdId),
    closeRoutes(tx, [row]),
    appendHoldEvents(tx, `hold.${status}`, [row]),
  )
  appendAudit(tx, { action, target: holdId, detail: { reason: row.reason, ...waiting } })
  return { total: waiting.users + waiting.groups + waiting.memberships }
}

async function refuseWhileGrowing(tx: Transaction, holdId: string): Promise<void> {
  const growing = await tx.db
    .selectFrom('settlements')
    .select('settlement_id')
    .where('organization_id', '=', tx.organizationId)
    .where('hold_id', '=', holdId)
    .where('kind', '<>', 'hold')
    .where('status', '=', 'running')
    .executeTakeFirst()
  if (growing !== undefined) {
    throw new MusterError('conflict', 'The hold is open, and the settlement that fills it is still running.')
  }
}

function findRow(tx: Transaction, holdId: string): Promise<HoldRow | undefined> {
  return tx.db
    .selectFrom('holds')
    .select(holdColumns)
    .where('organization_id', '=', tx.organizationId)
    .where('hold_id', '=', holdId)
    .executeTakeFirst()
}
