import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { createSlots } from './slots.ts'

export interface PaceBudget {
  /** Requests under way at once. */
  concurrent: number
  /** Attempts at one request that fails otherwise than by throttling. */
  attemptsMax: number
  /** Attempts at one request that is throttled. */
  throttledAttemptsMax: number
  /** The first wait, about; twice as long with each attempt. */
  waitMillisecondsMin: number
  /** The longest wait. A source that asks for more ends the round, which goes on when it is over. */
  waitMillisecondsMax: number
}

export const paceBudget: PaceBudget = {
  concurrent: 4,
  attemptsMax: 4,
  throttledAttemptsMax: 12,
  waitMillisecondsMin: 500,
  waitMillisecondsMax: 60_000,
}

/** How fast one source is asked. All of its requests go through one of these. */
export interface Pace {
  /**
   * Does one request, several times when it fails in a way that may pass. `work` ends by a ConnectorError when it does.
   * @throws what `work` throws in the end
   */
  run<T>(work: () => Promise<T>): Promise<T>
  /** No request begins within so long: the source has said that its limit is near. */
  rest(milliseconds: number): void
}

const mayPassSoon: ReadonlySet<ConnectorFailure> = new Set([
  'throttled',
  'unavailable',
  'interrupted',
  'timeout',
  'unreachable',
])

export function createPace(
  context: Pick<ConnectorContext, 'signal' | 'onThrottled' | 'wait'>,
  budget: PaceBudget = paceBudget,
): Pace {
  const { signal, onThrottled } = context
  const slots = createSlots(budget.concurrent)
  const wait = context.wait ?? ((milliseconds, ending) => delay(milliseconds, undefined, { signal: ending }))
  let restUntil = 0

  const rest = (milliseconds: number) => {
    restUntil = Math.max(restUntil, performance.now() + Math.min(milliseconds, budget.waitMillisecondsMax))
  }
  const begin = async () => {
    for (let left = restUntil - performance.now(); left > 0; left = restUntil - performance.now()) {
      onThrottled(left)
      // Whoever waits less than it was told, in a test, has waited all the same.
      const waitedFor = restUntil
      await wait(left, signal)
      if (restUntil === waitedFor) break
    }
    signal.throwIfAborted()
  }
  return {
    rest,
    run: async (work) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await slots.take(async () => {
            await begin()
            return await work()
          })
        } catch (error) {
          const milliseconds = waitBehind(error, attempt, budget)
          if (milliseconds === undefined || signal.aborted) throw error
          const isThrottled = error instanceof ConnectorError && error.code === 'throttled'
          if (isThrottled && error.retryAfterMilliseconds !== undefined) rest(milliseconds)
          else {
            if (isThrottled) onThrottled(milliseconds)
            await wait(milliseconds, signal)
          }
        }
      }
    },
  }
}

/** How long to wait behind a failed attempt; undefined when there is no sense in another. */
function waitBehind(error: unknown, attempt: number, budget: PaceBudget): number | undefined {
  if (!(error instanceof ConnectorError) || !mayPassSoon.has(error.code)) return undefined
  const attemptsMax = error.code === 'throttled' ? budget.throttledAttemptsMax : budget.attemptsMax
  const asked = error.retryAfterMilliseconds ?? 0
  if (attempt >= attemptsMax || asked > budget.waitMillisecondsMax) return undefined
  const doubled = Math.min(budget.waitMillisecondsMax, budget.waitMillisecondsMin * 2 ** (attempt - 1))
  // At once with everybody else would be throttled again.
  return asked > 0 ? asked * (1 + 0.1 * Math.random()) : doubled * (0.5 + 0.5 * Math.random())
}
