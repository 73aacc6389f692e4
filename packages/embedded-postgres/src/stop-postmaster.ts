import { MusterError } from '@muster/runtime/errors'
import { sendSignal, waitForEnd } from './process-life.ts'

/**
 * Ways of stopping a postmaster, gentlest first, each with the time it gets: "fast" ends sessions and writes a
 * checkpoint; "immediate" aborts, and the next start recovers (no acknowledged write is lost by it).
 */
const shutdownSteps = [
  { signal: 'SIGINT', timeoutMs: 20_000 },
  { signal: 'SIGQUIT', timeoutMs: 10_000 },
] as const

/** Stops a postmaster and waits for its end. Errors: `unavailable` when it survives everything. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const { signal, timeoutMs } of shutdownSteps) {
    if (!sendSignal(pid, signal) || (await waitForEnd(pid, timeoutMs))) return
  }
  throw new MusterError('unavailable', `Postgres (process ${pid}) does not stop.`)
}
