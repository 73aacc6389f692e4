import { deliveryPolicy } from '@muster/events'
import { type Database, openDatabase } from '@muster/repository'
import type { Test } from 'tap'
import { followLog } from '../../src/follow-log.ts'
import type { TaskContext } from '../../src/tasks/task-context.ts'
import { createWorker } from '../../src/worker.ts'
import { testContext } from './task-context.ts'

/** As by default, but in no hurry to give up and quick to try again. */
export const quickPolicy = {
  ...deliveryPolicy,
  retrySeconds: Array.from({ length: 60 }, (_, retry) => Math.min(1, 0.05 * (retry + 1))),
}

/** A poller as `main.ts` puts it together, without its listener; stopped with the test. */
export async function startPoller(
  t: Test,
  databaseUrl: string,
  overrides: Partial<TaskContext> = {},
): Promise<{ database: Database; stop(): Promise<void> }> {
  const database = openDatabase({ url: databaseUrl, connectMillisecondsMax: 60_000 })
  const context = { ...testContext(database), webhooks: { policy: quickPolicy, logDays: 14 }, ...overrides }
  const worker = createWorker({ ...context, databaseUrl, syncsAtOnce: 1, pollMilliseconds: 50 })
  const following = followLog(context)
  let hasStopped = false
  const stop = async () => {
    if (hasStopped) return
    hasStopped = true
    await Promise.all([worker.stop(), following.stop()])
    await database.close()
  }
  t.teardown(stop)
  await worker.start()
  following.start()
  return { database, stop }
}
