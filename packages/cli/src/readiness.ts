import { setTimeout as sleep } from 'node:timers/promises'
import { MusterError } from '@muster/runtime/errors'
import type { Config } from './config.ts'
import { readLogEnd, type ServiceProcess } from './service-process.ts'
import { serviceOrigin } from './services.ts'

const startTimeoutMs = 30_000
const pauseMs = 40

/**
 * Waits until the service answers its readiness probe with 200.
 * Throws `unavailable` with the end of its log when it ends or is not ready in time; the signal's reason when aborted.
 */
export async function waitUntilReady(config: Config, service: ServiceProcess, signal: AbortSignal): Promise<void> {
  const url = `${serviceOrigin(config, service.name)}/readyz`
  const deadline = Date.now() + startTimeoutMs
  let end: string | undefined
  void service.ended.then((how) => {
    end = how
  })
  while (!(await isReady(url))) {
    signal.throwIfAborted()
    if (end !== undefined) throw await serviceFailure(service, `ended at its start (${end})`)
    if (Date.now() >= deadline) throw await serviceFailure(service, `was not ready after ${startTimeoutMs / 1000} s`)
    await sleep(pauseMs)
  }
}

/** Whether a readiness probe answers 200. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}

export async function serviceFailure({ name, logFile }: ServiceProcess, what: string): Promise<MusterError> {
  return new MusterError(
    'unavailable',
    `The ${name} service ${what}. The end of its log (${logFile}):\n${await readLogEnd(logFile)}`,
  )
}
