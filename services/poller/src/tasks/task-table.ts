import { keepChannel } from '../notifications/keep-channel.ts'
import { createPeople } from './create-people.ts'
import { keepLogByMonth } from './keep-event-log.ts'
import { pruneDeliveryLogs } from './prune-deliveries.ts'
import { pruneRequestLog } from './prune-request-log.ts'
import { pruneSyncRuns } from './prune-runs.ts'
import { remindHolds } from './remind-holds.ts'
import { settle } from './settle.ts'
import type { TaskContext } from './task-context.ts'
import { warnExpiringTokens } from './warn-expiring-tokens.ts'
import { watchChannels } from './watch-channels.ts'
import { watchForSilence } from './watch-silence.ts'

interface Task {
  /** Cron, in UTC; without one the task runs when somebody queues a job. */
  schedule?: string
  /** Whether it mostly waits for an application's answer: such jobs hold up no others. */
  callsOut?: boolean
  /** May run twice, and again after a failure: it must do its work once only. A job by schedule has no payload. */
  run(context: TaskContext, payload?: unknown): Promise<void>
}

/** Every background task by its name in the queue. */
export const taskTable: Readonly<Record<string, Task>> = {
  create_people: { callsOut: true, run: createPeople },
  keep_channel: { callsOut: true, run: keepChannel },
  // Every hour, so that one that was missed is no matter.
  keep_event_log: { schedule: '20 * * * *', run: keepLogByMonth },
  prune_deliveries: { schedule: '45 * * * *', run: pruneDeliveryLogs },
  prune_request_log: { schedule: '15 * * * *', run: pruneRequestLog },
  prune_sync_runs: { schedule: '5 * * * *', run: pruneSyncRuns },
  remind_holds: { schedule: '30 * * * *', run: remindHolds },
  settle: { run: settle },
  warn_expiring_tokens: { schedule: '0 * * * *', run: warnExpiringTokens },
  watch_channels: { schedule: '* * * * *', run: watchChannels },
  watch_silence: { schedule: '45 * * * *', run: watchForSilence },
}
