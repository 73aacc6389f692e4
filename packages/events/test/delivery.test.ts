import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { judgeAnswer, judgeFailure } from '../src/delivery/judge-attempt.ts'
import {
  type AttemptOutcome,
  type DeliveryPolicy,
  deliveryPolicy,
  type EndpointHealth,
  planOutcomes,
} from '../src/index.ts'

const now = new Date('2026-05-04T12:00:00.000Z')
const healthy: EndpointHealth = { failuresInARow: 0, failingSince: null, retryAt: null, lastSuccessAt: null }
const delivered: AttemptOutcome = { kind: 'delivered', status: 204, error: null, retryAfterSeconds: 0 }
const failed: AttemptOutcome = { kind: 'failed', status: 500, error: 'status', retryAfterSeconds: 0 }
const middle = { now, random: () => 0.5 }

function tried(outcome: AttemptOutcome, { attemptsBefore = 0, isProbe = false, firstAttemptAt = now } = {}) {
  return { attemptsBefore, firstAttemptAt, isProbe, outcome }
}

t.test('what an answer means', async (t) => {
  const judge = (status: number, retryAfter?: string | string[]) =>
    judgeAnswer({ status, headers: { 'retry-after': retryAfter } }, now)
  for (const status of [200, 201, 204, 299]) t.match(judge(status), { kind: 'delivered', status, error: null })
  for (const status of [300, 302, 308, 399])
    t.match(judge(status, '9'), { kind: 'failed', error: 'redirect', retryAfterSeconds: 0 })
  for (const status of [199, 400, 401, 404, 409, 500, 502])
    t.match(judge(status, '9'), { kind: 'failed', error: 'status', retryAfterSeconds: 0 })
  t.match(judge(410), { kind: 'gone', error: 'gone' })
  const cases: [string | string[] | undefined, number][] = [
    ['120', 120],
    [' 120 ', 120],
    [['7', '8'], 7],
    ['999999999', 86_400],
    ['Mon, 04 May 2026 12:01:00 GMT', 60],
    ['Mon, 04 May 2020 12:01:00 GMT', 0],
    ['-5', 0],
    ['soon', 0],
    ['', 0],
    [undefined, 0],
  ]
  for (const [text, seconds] of cases) {
    for (const status of [429, 503]) t.equal(judge(status, text).retryAfterSeconds, seconds, String(text))
  }
  t.match(judgeFailure('timeout', null), { kind: 'failed', status: null, error: 'timeout' })
  t.match(judgeFailure('timeout', 200), { kind: 'failed', error: 'timeout' }, 'the whole answer within the time')
  t.match(judgeFailure('responseTooLarge', 200), { kind: 'delivered', status: 200, error: null })
  t.match(judgeFailure('responseTooLarge', 500), { kind: 'failed', error: 'responseTooLarge' })
})

t.test('one delivery is retried for three days, then given up', async (t) => {
  let health = healthy
  let at = now
  let attemptsBefore = 0
  for (; ; attemptsBefore++) {
    const one = { ...tried(failed, { attemptsBefore, isProbe: health.failuresInARow >= 10 }), firstAttemptAt: now }
    const plan = planOutcomes(health, [one], deliveryPolicy, { now: at, random: Math.random })
    const [step] = plan.steps
    t.ok(step?.kind === 'retry')
    if (plan.disabled !== null) break
    health = plan.health
    if (step?.kind === 'retry') at = step.at
  }
  t.equal(attemptsBefore, 12)
  const hours = (at.getTime() - now.getTime()) / 3_600_000
  t.ok(hours > 0.8 * 71 && hours < 1.2 * 72, `${hours} hours`)
})

t.test('a delivery that alone does not arrive is given up; when nothing does, the endpoint is', async (t) => {
  const last = tried(failed, { attemptsBefore: 12, firstAttemptAt: new Date(now.getTime() - 1_000) })
  const since = { ...healthy, lastSuccessAt: new Date(now.getTime() - 500) }
  t.match(planOutcomes(since, [last], deliveryPolicy, middle), { steps: [{ kind: 'failed' }], disabled: null })
  const before = { ...healthy, lastSuccessAt: new Date(now.getTime() - 2_000) }
  t.match(planOutcomes(before, [last], deliveryPolicy, middle), { steps: [{ kind: 'retry' }], disabled: 'dead' })
  const together = planOutcomes(before, [tried(delivered), last], deliveryPolicy, middle)
  t.match(together, { steps: [{ kind: 'delivered' }, { kind: 'failed' }], disabled: null })
  const long = { ...healthy, failuresInARow: 20, failingSince: new Date(now.getTime() - 4 * 86_400_000) }
  t.match(planOutcomes(long, [tried(failed, { isProbe: true })], deliveryPolicy, middle), { disabled: 'dead' })
  const gone: AttemptOutcome = { kind: 'gone', status: 410, error: 'gone', retryAfterSeconds: 0 }
  t.match(planOutcomes(healthy, [tried(gone)], deliveryPolicy, middle), {
    steps: [{ kind: 'retry' }],
    disabled: 'gone',
  })
  const eventGone: AttemptOutcome = { kind: 'failed', status: null, error: 'eventGone', retryAfterSeconds: 0 }
  t.match(planOutcomes(healthy, [tried(eventGone)], deliveryPolicy, middle), {
    steps: [{ kind: 'failed' }],
    health: healthy,
    disabled: null,
  })
})

t.test('whatever happens: waits are as the policy says, one success heals', async (t) => {
  t.comment(`seed ${seed}`)
  const outcome = fc.oneof(
    fc.constant(delivered),
    fc.record({
      kind: fc.constant('failed' as const),
      status: fc.constant(503),
      error: fc.constant('status' as const),
      retryAfterSeconds: fc.constantFrom(0, 60, 86_400),
    }),
  )
  const attempt = fc.record({
    attemptsBefore: fc.integer({ min: 0, max: 12 }),
    firstAttemptAt: fc.constant(now),
    isProbe: fc.boolean(),
    outcome,
  })
  const policy: DeliveryPolicy = { ...deliveryPolicy, failuresMax: 3 }
  let checked = 0
  const property = fc.property(
    fc.array(attempt, { maxLength: 30 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (attempts, luck) => {
      const { steps, health, disabled } = planOutcomes(healthy, attempts, policy, { now, random: () => luck })
      const successes = attempts.map(({ outcome: { kind } }) => kind).lastIndexOf('delivered')
      if (
        successes >= 0 &&
        successes === attempts.length - 1 &&
        (health.failuresInARow > 0 || health.failingSince !== null)
      )
        return false
      if (steps.length !== attempts.length) return false
      checked++
      return steps.every((step, index) => {
        const {
          attemptsBefore,
          outcome: { kind, retryAfterSeconds },
        } = attempts[index] ?? tried(failed)
        if (kind === 'delivered') return step.kind === 'delivered'
        if (step.kind !== 'retry') return step.kind === 'failed' && attemptsBefore >= 12
        const seconds = (step.at.getTime() - now.getTime()) / 1_000
        const planned = policy.retrySeconds[attemptsBefore] ?? 0
        return disabled !== null || seconds >= Math.max(0.8 * planned, retryAfterSeconds) - 0.001
      })
    },
  )
  fc.assert(property, { seed, numRuns: 500 })
  t.ok(checked >= 500)
})
