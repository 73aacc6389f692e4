import { watchSilence } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

/** Says which identity providers sent nothing for too long, and which are heard again: silence looks like no news. */
export async function watchForSilence({ database, logger }: TaskContext): Promise<void> {
  const { silent, recovered } = await watchSilence(database, { cause: { kind: 'system', id: 'watch_silence' } })
  if (silent + recovered > 0) logger.info({ silent, recovered }, 'looked for silent directories')
}
