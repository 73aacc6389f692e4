import { type DeliveryPolicy, type EndpointHealth, planOutcomes } from '@muster/events'
import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import type { AttemptRecord, FinishedAttempt } from './delivery.ts'
import { deliveryFailedEvent, endpointDisabledEvent } from './endpoint-events.ts'
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
  const results = tried.map(({ row, attempts }, index) => {
    const step = steps[index] ?? { kind: 'failed' }
    return {
      sequence: row.sequence,
      state: step.kind === 'retry' ? 'pending' : step.kind,
      next_attempt_at: step.kind === 'retry' ? step.at : null,
      attempts,
    }
  })
  const ended = tried.filter((_, index) => steps[index]?.kind !== 'retry')
  const wasDisabled = endpoint.status === 'disabled'
  const reason = wasDisabled ? null : disabled
  await pipelined(
    writeDeliveries(tx, endpointId, results),
    promoteNext(
      tx,
      endpointId,
      ended.map(({ row }) => row.subject_id),
    ),
    writeHealth(tx, endpointId, health, reason),
  )
  tx.append(
    tried.flatMap(({ row }, index) => {
      const delivery = {
        eventId: toTypeId('event', row.event_id),
        sequence: row.sequence,
        type: row.event_type,
        attempts: row.attempt_count + 1,
      }
      return steps[index]?.kind === 'failed' ? [deliveryFailedEvent(endpointId, endpoint.url, delivery)] : []
    }),
  )
  if (reason !== null) tx.append([endpointDisabledEvent(endpointId, endpoint.url, reason)])
  return { health, isDisabled: wasDisabled || reason !== null }
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
    SELECT d.* FROM unnest(${claims.map((claim) => claim.sequence)}::bigint[], ${claims.map((claim) => claim.claimedUntil)}::timestamptz[])
      AS claim (sequence, claimed_until)
    CROSS JOIN LATERAL (
      SELECT sequence, event_id, event_type, subject_id, attempts, attempt_count FROM webhook_deliveries
      WHERE organization_id = ${tx.organizationId} AND webhook_endpoint_id = ${endpointId} AND sequence = claim.sequence
        AND state = 'pending' AND next_attempt_at = claim.claimed_until OFFSET 0) d`,
  )
  return new Map(rows.map((row) => [row.sequence, row]))
}

async function writeDeliveries(
  tx: Transaction,
  endpointId: string,
  results: readonly { sequence: number; state: string; next_attempt_at: Date | null; attempts: AttemptRecord[] }[],
): Promise<void> {
  if (results.length === 0) return
  await send(
    tx.db,
    sql`
    UPDATE webhook_deliveries d SET state = result.state, next_attempt_at = result.next_attempt_at,
      attempts = result.attempts, attempt_count = d.attempt_count + 1,
      finished_at = CASE WHEN result.state <> 'pending' THEN statement_timestamp() END
    FROM json_to_recordset(${JSON.stringify(results)})
      AS result (sequence bigint, state text, next_attempt_at timestamptz, attempts jsonb)
    WHERE d.organization_id = ${tx.organizationId} AND d.webhook_endpoint_id = ${endpointId}
      AND d.sequence = ANY(${results.map((result) => result.sequence)}::bigint[]) AND d.sequence = result.sequence`,
  )
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
