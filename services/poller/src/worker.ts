import { openJobQueuePool } from '@muster/repository'
import { parseCronItems, type Runner, run } from 'graphile-worker'
import type { TaskContext } from './tasks/task-context.ts'
import { taskTable } from './tasks/task-table.ts'
import { workerLogger } from './worker-logger.ts'

export interface Worker {
  /** Begins to take jobs. Throws when the queue cannot be reached or is not installed. */
  start(): Promise<void>
  isRunning(): boolean
  /** Takes no more jobs and waits for those under way; told to give up after 5 s. */
  stop(): Promise<void>
}

const jobsAtOnce = 4
const abortMilliseconds = 5_000
const backfillMilliseconds = 3_600_000

/**
 * The worker of background jobs. It connects as the services' unprivileged role: the queue's schema is the owner's, see
 * `migrate`. When it ends by itself, the process ends with it (an unhandled rejection), to be started anew.
 */
export function createWorker(options: TaskContext & { databaseUrl: string }): Worker {
  const { logger } = options
  // Beside the jobs, one connection listens.
  const pgPool = openJobQueuePool({
    url: options.databaseUrl,
    connectionsMax: jobsAtOnce + 1,
    onIdleError: (err) => logger.warn({ err }, 'a connection of the job queue was lost'),
  })
  let runner: Runner | undefined
  let stopping = false
  return {
    async start() {
      const started = await run({
        pgPool,
        concurrency: jobsAtOnce,
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: abortMilliseconds,
        logger: workerLogger(logger),
        taskList: taskList(options),
        parsedCronItems: cronItems(),
      })
      runner = started
      void started.promise.then(() => {
        runner = undefined
        if (!stopping) throw new Error('The worker of background jobs ended by itself')
      })
    },
    isRunning: () => runner !== undefined && !stopping,
    async stop() {
      stopping = true
      await runner?.stop('the service stops')
      await pgPool.end()
    },
  }
}

function taskList(context: TaskContext) {
  return Object.fromEntries(
    Object.entries(taskTable).map(([name, task]) => [name, (payload: unknown) => task.run(context, payload)]),
  )
}

/** A run that was missed in the last hour is made up for; two of one task never wait in the queue together. */
function cronItems() {
  return parseCronItems(
    Object.entries(taskTable).flatMap(([name, { schedule }]) =>
      schedule === undefined
        ? []
        : [{ task: name, match: schedule, options: { backfillPeriod: backfillMilliseconds, jobKey: name } }],
    ),
  )
}
