import { remindOfHolds } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

/** Ends holds whose time is over, and says once a day which are still open: what waits in them is not done. */
export async function remindHolds({ database, logger }: TaskContext): Promise<void> {
  const { expired, pending } = await remindOfHolds(database, { cause: { kind: 'system', id: 'remind_holds' } })
  if (expired + pending > 0) logger.info({ expired, pending }, 'looked at open holds')
}
