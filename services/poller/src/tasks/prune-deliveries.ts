import { pruneDeliveries } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

const dayMilliseconds = 86_400_000

/** Deletes what the logs of webhook endpoints have kept for long enough. */
export async function pruneDeliveryLogs({ database, logger, webhooks }: TaskContext): Promise<void> {
  const count = await pruneDeliveries(database, {
    before: new Date(Date.now() - webhooks.logDays * dayMilliseconds),
    cause: { kind: 'system', id: 'prune_deliveries' },
  })
  if (count > 0) logger.info({ count }, 'deleted old rows of the logs of webhook endpoints')
}
