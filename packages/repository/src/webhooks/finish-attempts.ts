import { type DeliveryPolicy, type DeliveryStep, type EndpointHealth, planOutcomes } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { changeDeliveries, claimedDeliveries, deliveryColumns } from './change-deliveries.ts'
import type { AttemptRecord, FinishedAttempt } from './delivery.ts'
import { deliveryFailedEvent, endpointDisabledEvent, type GivenUp } from './endpoint-events.ts'
import type { LockedEndpoint } from './lock-endpoint.ts'
import { promoteNext } from './promote-next.ts'

/** Of a delivery, the last ones. */
const attemptsKept = 20

interface ClaimedRow {
  sequence: number
  event_id: string
  event_type: string
  subject_id: string
  attempts: AttemptRecord[]
  attempt_count: number
}

interface Result extends Omit<ClaimedRow, 'attempt_count'> {
  state: string
  next_attempt_at: Date | null
  finished_at: Date | null
}

/**
 * Writes down what came of attempts: deliveries that are done make way for the next of their subject, others are tried
 * again, and the endpoint is disabled when it is gone or dead. An attempt whose claim is over counts for nothing. Call it
 * under the lock; answers with the endpoint's health from now on, and whether it was disabled.
 */
export async function finishAttempts(
  tx: Transaction,
  endpointId: string,
  endpoint: LockedEndpoint,
  { finished, policy }: { finished: readonly FinishedAttempt[]; policy: DeliveryPolicy },
): Promise<{ health: EndpointHealth; isDisabled: boolean }> {
  const rows = await readClaimed(tx, endpointId, finished)
  const tried = finished.flatMap((attempt) => {
    const row = rows.get(attempt.delivery.sequence)
    return row === undefined
      ? []
      : [{ attempt, row, attempts: [...row.attempts, toRecord(attempt)].slice(-attemptsKept) }]
  })
  const { steps, health, disabled } = planOutcomes(
    healthOf(endpoint),
    tried.map(({ attempt, row, attempts }) => ({
      attemptsBefore: row.attempt_count,
      firstAttemptAt: new Date(attempts.at(-(row.attempt_count + 1))?.at ?? attempt.startedAt),
      isProbe: attempt.delivery.isProbe,
      outcome: attempt.outcome,
    })),
    policy,
    { now: endpoint.now, random: Math.random },
  )
  const results = tried.map((one, index) => toResult(one, steps[index] ?? { kind: 'failed' }, endpoint.now))
  const ended = results.filter((result) => result.state !== 'pending')
  const wasDisabled = endpoint.status === 'disabled'
  const reason = wasDisabled ? null : disabled
  await pipelined(
    writeDeliveries(tx, endpointId, results),
    promoteNext(
      tx,
      endpointId,
      ended.map((result) => result.subject_id),
    ),
    writeHealth(tx, endpointId, health, reason),
  )
  const given = tried.filter((_, index) => steps[index]?.kind === 'failed')
  tx.append(given.map(({ row }) => deliveryFailedEvent(endpointId, endpoint.url, toGivenUp(row))))
  if (reason !== null) tx.append([endpointDisabledEvent(endpointId, endpoint.url, reason)])
  return { health, isDisabled: wasDisabled || reason !== null }
}

function toResult(
  { row, attempts }: { row: ClaimedRow; attempts: AttemptRecord[] },
  step: DeliveryStep,
  now: Date,
): Result {
  const { attempt_count: _, ...known } = row
  return step.kind === 'retry'
    ? { ...known, attempts, state: 'pending', next_attempt_at: step.at, finished_at: null }
    : { ...known, attempts, state: step.kind, next_attempt_at: null, finished_at: now }
}

function toGivenUp(row: ClaimedRow): GivenUp {
  return {
    eventId: toTypeId('event', row.event_id),
    sequence: row.sequence,
    type: row.event_type,
    attempts: row.attempt_count + 1,
  }
}

function healthOf(endpoint: LockedEndpoint): EndpointHealth {
  return {
    failuresInARow: endpoint.failures_in_a_row,
    failingSince: endpoint.failing_since,
    retryAt: endpoint.retry_at,
    lastSuccessAt: endpoint.last_success_at,
  }
}

function toRecord({ startedAt, durationMilliseconds, outcome }: FinishedAttempt): AttemptRecord {
  const { status, error } = outcome
  return { at: startedAt.toISOString(), durationMilliseconds, status, error }
}

/** Those whose claim still holds, by sequence number. */
async function readClaimed(
  tx: Transaction,
  endpointId: string,
  finished: readonly FinishedAttempt[],
): Promise<Map<number, ClaimedRow>> {
  const claims = finished.map(({ delivery }) => delivery)
  const rows = await send(
    tx.db,
    sql<ClaimedRow>`
    SELECT ${deliveryColumns}, attempts, attempt_count FROM ${claimedDeliveries(tx, endpointId, claims)} claimed`,
  )
  return new Map(rows.map((row) => [row.sequence, row]))
}

async function writeDeliveries(tx: Transaction, endpointId: string, results: readonly Result[]): Promise<void> {
  if (results.length === 0) return
  const source = sql`json_to_recordset(${JSON.stringify(results)}) AS changed (sequence bigint, event_id uuid, event_type text,
    subject_id uuid, state text, next_attempt_at timestamptz, attempts jsonb, finished_at timestamptz)`
  const statement = changeDeliveries(tx, endpointId, {
    source: sql`(SELECT * FROM ${source})`,
    columns: sql`state, next_attempt_at, attempts, finished_at`,
    set: sql`state = excluded.state, next_attempt_at = excluded.next_attempt_at, attempts = excluded.attempts,
      finished_at = excluded.finished_at, attempt_count = d.attempt_count + 1`,
  })
  await send(tx.db, statement)
}

function writeHealth(
  tx: Transaction,
  endpointId: string,
  health: EndpointHealth,
  disabled: 'gone' | 'dead' | null,
): Promise<unknown> {
  return send(
    tx.db,
    sql`
    UPDATE webhook_endpoints SET failures_in_a_row = ${health.failuresInARow}, failing_since = ${health.failingSince},
      retry_at = ${health.retryAt}, last_success_at = ${health.lastSuccessAt},
      status = CASE WHEN ${disabled}::text IS NULL THEN status ELSE 'disabled' END,
      disabled_reason = COALESCE(${disabled}, disabled_reason)
    WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId}`,
  )
}
