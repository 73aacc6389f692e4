import { queueDueJobs } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

/** Channels that are queued by one look; the next look takes more. */
const queuedAtOnce = 500

/** Has the channels looked at whose subscriptions are to be renewed or ended, or asked for again after a failure. */
export async function watchChannels({ database }: TaskContext): Promise<void> {
  await queueDueJobs(database, 'channel', { limit: queuedAtOnce })
}
