import { queueDueJobs } from '@muster/repository'
import { lookRepeatedly } from '@muster/runtime/resting-loop'
import type { TaskContext } from '../tasks/task-context.ts'

/** Directories that are queued by one look; the next look takes more. */
const queuedAtOnce = 200
const restMilliseconds = 1_000

export interface DueWatch {
  start(): void
  stop(): Promise<void>
}

/** Looks again and again which directories are due, and queues them for whatever poller is free. */
export function watchDue({ database, logger }: TaskContext): DueWatch {
  let loop: ReturnType<typeof lookRepeatedly> | undefined
  return {
    start() {
      loop ??= lookRepeatedly(
        async () => void (await queueDueJobs(database, 'sync', { limit: queuedAtOnce })),
        (err) => logger.warn({ err }, 'could not look which directories are due'),
        { restMilliseconds },
      )
    },
    stop: async () => loop?.stop(),
  }
}
