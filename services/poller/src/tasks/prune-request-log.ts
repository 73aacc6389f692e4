import { pruneScimRequests } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

const dayMilliseconds = 86_400_000

/** Deletes what the SCIM request log has kept for long enough, and what is too much of one directory. */
export async function pruneRequestLog({ database, logger, requestLog }: TaskContext): Promise<void> {
  const count = await pruneScimRequests(database, {
    before: new Date(Date.now() - requestLog.days * dayMilliseconds),
    rowsMax: requestLog.rowsMax,
    cause: { kind: 'system', id: 'prune_request_log' },
  })
  if (count > 0) logger.info({ count }, 'deleted old rows of the SCIM request log')
}
