import { type DeliveryPolicy, patienceSeconds, retryDelay } from './delivery-policy.ts'
import type { AttemptOutcome } from './judge-attempt.ts'

/** How an endpoint has answered lately. */
export interface EndpointHealth {
  failuresInARow: number
  /** The first of the failures in a row. */
  failingSince: Date | null
  /** Nothing is tried before. */
  retryAt: Date | null
  lastSuccessAt: Date | null
}

/** A delivery that was tried once more. */
export interface TriedDelivery {
  /** Attempts before this one, since it began. */
  attemptsBefore: number
  /** The first of them, or this one. */
  firstAttemptAt: Date
  /** It was the one that a failing endpoint was tried with. */
  isProbe: boolean
  outcome: AttemptOutcome
}

/** What becomes of a delivery: it is done, given up, or tried again, at that time or when the endpoint is enabled again. */
export type DeliveryStep = { kind: 'delivered' } | { kind: 'failed' } | { kind: 'retry'; at: Date }

interface OutcomePlan {
  /** One a delivery, in the same order. */
  steps: DeliveryStep[]
  health: EndpointHealth
  /** Why the endpoint gets nothing any more; null when it does. */
  disabled: 'gone' | 'dead' | null
}

/**
 * What follows from attempts, given in the order in which they ended. An endpoint that keeps failing is left alone for as
 * long as its retries say, and is dead when nothing reached it during all of them. `random` answers with 0 to 1.
 */
export function planOutcomes(
  before: EndpointHealth,
  tried: readonly TriedDelivery[],
  policy: DeliveryPolicy,
  { now, random }: { now: Date; random: () => number },
): OutcomePlan {
  let health = before
  let disabled: OutcomePlan['disabled'] = null
  const steps = tried.map((delivery): DeliveryStep => {
    const { outcome } = delivery
    if (outcome.kind === 'delivered') {
      health = afterSuccess(health, policy, now)
      return { kind: 'delivered' }
    }
    // That an event is gone says nothing of the endpoint.
    if (outcome.error === 'eventGone') return { kind: 'failed' }
    health = afterFailure(health, delivery, policy, { now, random })
    const isLast = delivery.attemptsBefore >= policy.retrySeconds.length
    if (outcome.kind === 'gone') disabled = 'gone'
    else if (isDead(health, isLast ? delivery : undefined, policy, now)) disabled ??= 'dead'
    if (disabled !== null) return { kind: 'retry', at: now }
    if (isLast) return { kind: 'failed' }
    const delay = retryDelay(policy, delivery.attemptsBefore, random)
    return { kind: 'retry', at: after(now, Math.max(delay, outcome.retryAfterSeconds)) }
  })
  return { steps, health, disabled }
}

function afterSuccess(health: EndpointHealth, policy: DeliveryPolicy, now: Date): EndpointHealth {
  const wasFailing = isFailing(health, policy)
  return { failuresInARow: 0, failingSince: null, retryAt: wasFailing ? null : health.retryAt, lastSuccessAt: now }
}

/** While an endpoint is failing, only what it is tried with counts: the others began before that was known. */
function afterFailure(
  health: EndpointHealth,
  { isProbe, outcome }: TriedDelivery,
  policy: DeliveryPolicy,
  { now, random }: { now: Date; random: () => number },
): EndpointHealth {
  const asked = after(now, outcome.retryAfterSeconds)
  if (isFailing(health, policy) && !isProbe) return { ...health, retryAt: later(health.retryAt, asked) }
  const failuresInARow = health.failuresInARow + 1
  const failed = { ...health, failuresInARow, failingSince: health.failingSince ?? now }
  if (!isFailing(failed, policy)) {
    return outcome.retryAfterSeconds === 0 ? failed : { ...failed, retryAt: later(health.retryAt, asked) }
  }
  const delay = retryDelay(policy, failuresInARow - policy.failuresMax, random)
  return { ...failed, retryAt: later(asked, after(now, delay)) }
}

/** Whether an endpoint is tried with one delivery at a time. */
export function isFailing({ failuresInARow }: { failuresInARow: number }, { failuresMax }: DeliveryPolicy): boolean {
  return failuresInARow >= failuresMax
}

/** It failed for as long as all delays together, or during all attempts of the delivery that was given up. */
function isDead(
  { failingSince, lastSuccessAt }: EndpointHealth,
  givenUp: TriedDelivery | undefined,
  policy: DeliveryPolicy,
  now: Date,
): boolean {
  if (givenUp !== undefined && (lastSuccessAt === null || lastSuccessAt < givenUp.firstAttemptAt)) return true
  return failingSince !== null && now >= after(failingSince, patienceSeconds(policy))
}

function after(date: Date, seconds: number): Date {
  return new Date(date.getTime() + Math.round(seconds * 1_000))
}

function later(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other
}
