import closeWithGrace from 'close-with-grace'
import type { Logger } from './logger.ts'

const drainMillisecondsMax = 10_000

/**
 * Runs `close` once when the process is asked to end (SIGTERM, SIGINT), when it fails, or when the parent that
 * started it over IPC is gone. A second signal, or a close that takes longer than 10 s, ends the process at once.
 */
export function onShutdown(logger: Logger, close: () => Promise<void>): void {
  const grace = closeWithGrace({ delay: drainMillisecondsMax, logger: false }, async ({ signal, err }) => {
    if (err) logger.fatal({ err }, 'unexpected failure, stopping')
    else logger.info({ signal }, 'stopping')
    await close()
  })
  if (process.connected === undefined) return
  // The parent may have gone before we came here.
  if (process.connected) process.once('disconnect', () => grace.close())
  else grace.close()
}
