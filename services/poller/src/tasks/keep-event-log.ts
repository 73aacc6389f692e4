import { keepEventLog } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

const monthsAhead = 3

/** Makes the coming months of the event log, and drops the ones that were kept for long enough. */
export async function keepLogByMonth({ database, logger, eventLog }: TaskContext): Promise<void> {
  const days = eventLog.days === 0 ? undefined : eventLog.days
  const { prepared, dropped } = await keepEventLog(database, { monthsAhead, days })
  if (prepared + dropped > 0) logger.info({ prepared, dropped }, 'changed the months that the event log has')
}
