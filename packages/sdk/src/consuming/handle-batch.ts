import { pause } from '../api/pause.ts'
import { backoff } from '../api/retry-delay.ts'
import type { MusterEvent } from '../generated/events.ts'
import { dispatchEvent } from '../handlers/dispatch.ts'
import type { Batch } from './batch.ts'
import { workInLanes } from './lanes.ts'
import { type Consuming, consumeDefaults } from './options.ts'
import { createProgress } from './progress.ts'

/** Handles events, each as often as it takes, and saves how far; returns early when the consumer is stopped. */
export async function handleBatch(consuming: Consuming, { events, through }: Batch): Promise<void> {
  const { signal, options } = consuming
  const { checkpoint, concurrency = consumeDefaults.concurrency } = options
  const sequences = events.map(({ sequence }) => sequence)
  const progress = createProgress(checkpoint, sequences)
  await workInLanes(events, concurrency, async (event) => {
    if (await handle(consuming, event)) progress.done(event.sequence)
  })
  await progress.flush()
  // What was passed over, too: else the checkpoint of who handles few types grows older than the log.
  if (!signal.aborted && through > (sequences.at(-1) ?? 0)) await checkpoint.save(through)
}

/** False when the consumer was stopped before it succeeded. */
async function handle({ handling, options, signal, report }: Consuming, event: MusterEvent): Promise<boolean> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      await dispatchEvent(handling, event)
      return true
    } catch (error) {
      report(error)
      await pause(backoff(++failures, options.retry ?? consumeDefaults.retry), signal)
    }
  }
  return false
}
