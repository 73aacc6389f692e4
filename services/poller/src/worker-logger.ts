import type { Logger } from '@muster/runtime/logger'
import { Logger as WorkerLogger } from 'graphile-worker'

const levels = { error: 'error', warning: 'warn', info: 'info', debug: 'debug' } as const

/** Sends what the worker says to our log. Of what it attaches only the error is kept: the rest holds payloads. */
export function workerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger((scope) => (level, message, meta) => {
    if (isAboutConnections(meta)) return
    const { taskIdentifier, jobId } = scope
    logger[levels[level]]({ taskIdentifier, jobId, ...(meta?.error !== undefined && { err: meta.error }) }, message)
  })
}

/** The warning that jobs outnumber connections: ours do on purpose, they wait for the servers of others. */
function isAboutConnections(meta: object | undefined): boolean {
  return meta !== undefined && 'max' in meta && 'concurrency' in meta
}
