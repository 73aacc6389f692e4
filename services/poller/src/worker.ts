import { openJobQueuePool } from '@muster/repository'
import { parseCronItems, type Runner, type RunnerOptions, run } from 'graphile-worker'
import { openSyncs, type SyncsOptions } from './syncs/syncs.ts'
import type { TaskContext } from './tasks/task-context.ts'
import { taskTable } from './tasks/task-table.ts'
import { openDeliveries } from './webhooks/deliveries.ts'
import { workerLogger } from './worker-logger.ts'

export interface Worker {
  /** Begins to take jobs. Throws when the queue cannot be reached or is not installed. */
  start(): Promise<void>
  isRunning(): boolean
  /** Takes no more jobs and waits for those under way; told to give up after 5 s. */
  stop(): Promise<void>
}

export interface WorkerOptions extends SyncsOptions {
  /** How often the queue is looked at for jobs whose time has come; of those to be done at once the database tells. */
  pollMilliseconds?: number
}

const jobsAtOnce = 4
/** Deliveries mostly wait for others: many at once, apart from the tasks, on few connections. */
const deliveryJobsAtOnce = 24
const deliveryConnections = 4
/** Taking jobs, and saying that they are done. */
const syncConnections = 1
const abortMilliseconds = 5_000
const backfillMilliseconds = 3_600_000
const pollMillisecondsDefault = 2_000

/**
 * The worker of background jobs. It connects as the services' unprivileged role: the queue's schema is the owner's, see
 * `migrate`. When it ends by itself, the process ends with it (an unhandled rejection), to be started anew.
 */
export function createWorker(options: WorkerOptions): Worker {
  const deliveries = openDeliveries(options)
  const syncs = openSyncs(options)
  const parts = [
    createPart(options, {
      jobs: jobsAtOnce,
      connections: jobsAtOnce,
      taskList: taskList(options, { callsOut: false }),
      parsedCronItems: cronItems(),
    }),
    createPart(options, {
      jobs: deliveryJobsAtOnce,
      connections: deliveryConnections,
      taskList: { deliver_webhooks: deliveries.deliver, ...taskList(options, { callsOut: true }) },
      parsedCronItems: [],
    }),
    createPart(options, {
      jobs: options.syncsAtOnce,
      connections: syncConnections,
      taskList: { sync_directory: syncs.sync },
      parsedCronItems: [],
    }),
  ]
  return {
    start: async () => void (await Promise.all(parts.map((part) => part.start()))),
    isRunning: () => parts.every((part) => part.isRunning()),
    async stop() {
      deliveries.stop()
      syncs.stop()
      await Promise.all(parts.map((part) => part.stop()))
      await Promise.all([deliveries.close(), syncs.close()])
    },
  }
}

interface PartOptions extends Pick<RunnerOptions, 'taskList' | 'parsedCronItems'> {
  jobs: number
  connections: number
}

/** Takes the jobs of some tasks. */
function createPart(options: WorkerOptions, { jobs, connections, ...tasks }: PartOptions): Worker {
  const { logger } = options
  const pgPool = openJobQueuePool({
    url: options.databaseUrl,
    // Beside the jobs, one connection listens.
    connectionsMax: connections + 1,
    onIdleError: (err) => logger.warn({ err }, 'a connection of the job queue was lost'),
  })
  let runner: Runner | undefined
  let stopping = false
  return {
    async start() {
      const started = await run({
        ...tasks,
        pgPool,
        concurrency: jobs,
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: abortMilliseconds,
        logger: workerLogger(logger),
        preset: { worker: { pollInterval: options.pollMilliseconds ?? pollMillisecondsDefault } },
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

function taskList(context: TaskContext, { callsOut }: { callsOut: boolean }) {
  return Object.fromEntries(
    Object.entries(taskTable).flatMap(([name, task]) =>
      (task.callsOut ?? false) === callsOut ? [[name, (payload: unknown) => task.run(context, payload)]] : [],
    ),
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
