import { pruneRequestLog } from './prune-request-log.ts'
import { remindHolds } from './remind-holds.ts'
import { settle } from './settle.ts'
import type { TaskContext } from './task-context.ts'
import { warnExpiringTokens } from './warn-expiring-tokens.ts'

interface Task {
  /** Cron, in UTC; without one the task runs when somebody queues a job. */
  schedule?: string
  /** May run twice, and again after a failure: it must do its work once only. A job by schedule has no payload. */
  run(context: TaskContext, payload?: unknown): Promise<void>
}

/** Every background task by its name in the queue. */
export const taskTable: Readonly<Record<string, Task>> = {
  prune_request_log: { schedule: '15 * * * *', run: pruneRequestLog },
  remind_holds: { schedule: '30 * * * *', run: remindHolds },
  settle: { run: settle },
  warn_expiring_tokens: { schedule: '0 * * * *', run: warnExpiringTokens },
}
