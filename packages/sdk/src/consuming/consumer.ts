import { MusterApiError } from '../api/api-error.ts'
import { pause } from '../api/pause.ts'
import { backoff } from '../api/retry-delay.ts'
import type { Handling } from '../handlers/dispatch.ts'
import { createBell } from './bell.ts'
import { type Following, followLog, isExpired, isFatal } from './follow.ts'
import { handleBatch } from './handle-batch.ts'
import { type ConsumeOptions, type Consuming, consumeDefaults } from './options.ts'
import { findPosition, type Position, takeSnapshot } from './position.ts'

/** Follows the log of an organization and calls the handlers, until it is stopped. */
export interface Consumer {
  /** Looks at the log now. */
  wake(): void
  /** Ends when the events under way have been handled. */
  stop(): Promise<void>
  /** Rejects for what trying again does not help: a wrong key, or events that are no longer kept without `onSnapshot`. */
  readonly finished: Promise<void>
}

export function startConsumer(handling: Handling, options: ConsumeOptions, report: (error: unknown) => void): Consumer {
  const { directoryId, types, organizationId } = options
  const { live = consumeDefaults.live, pollMilliseconds = consumeDefaults.pollMilliseconds } = options
  const stopping = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal
  const bell = createBell()
  const query = { organizationId, directoryId, types }
  const following = { api: handling.api, query, live, pollMilliseconds, bell, signal, report }
  const finished = run({ handling, options, signal, report }, following)
  return {
    wake: bell.ring,
    stop: async () => {
      stopping.abort()
      await finished
    },
    finished,
  }
}

async function run(consuming: Consuming, following: Following): Promise<void> {
  const { options, signal, report } = consuming
  let position: Position | undefined
  for (let failures = 0; !signal.aborted; ) {
    try {
      position ??= await findPosition(consuming)
      if (position === 'snapshot') position = await takeSnapshot(consuming)
      for await (const batch of followLog(following, position)) {
        await handleBatch(consuming, batch)
        if (signal.aborted) return
        position = batch.through
        failures = 0
      }
    } catch (error) {
      if (signal.aborted) return
      if (isFatal(error) || (isExpired(error) && options.onSnapshot === undefined)) throw explained(error)
      report(error)
      if (isExpired(error)) position = 'snapshot'
      else await pause(backoff(++failures, options.retry ?? consumeDefaults.retry), signal)
    }
  }
}

/** Whoever meets the end of what is kept learns what to do about it. */
function explained(error: unknown): unknown {
  if (!(error instanceof MusterApiError) || !isExpired(error)) return error
  return new Error(
    'Events behind the checkpoint are no longer kept; with onSnapshot (see reconcile) it would start anew',
    {
      cause: error,
    },
  )
}
