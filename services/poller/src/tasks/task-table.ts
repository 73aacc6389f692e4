import { pruneRequestLog } from './prune-request-log.ts'
import type { TaskContext } from './task-context.ts'
import { warnExpiringTokens } from './warn-expiring-tokens.ts'

interface Task {
  /** Cron, in UTC. */
  schedule: string
  /** May run twice, and again after a failure: it must do its work once only. */
  run(context: TaskContext): Promise<void>
}

/** Every background task by its name in the queue. */
export const taskTable: Readonly<Record<string, Task>> = {
  prune_request_log: { schedule: '15 * * * *', run: pruneRequestLog },
  warn_expiring_tokens: { schedule: '0 * * * *', run: warnExpiringTokens },
}
