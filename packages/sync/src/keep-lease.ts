import { setTimeout as delay } from 'node:timers/promises'
import { type Database, extendLease, type Lease, LeaseLost } from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'

interface KeptLease {
  /** Aborted with `LeaseLost` when the lease is lost, or may be: the database was not to be reached for so long. */
  signal: AbortSignal
  stop(): Promise<void>
}

/** Extends a lease three times as often as it would end. */
export function keepLease(
  database: Database,
  lease: Lease,
  { leaseSeconds, logger }: { leaseSeconds: number; logger: Logger },
): KeptLease {
  const lost = new AbortController()
  const stopping = new AbortController()
  const keeping = (async () => {
    let endsAt = performance.now() + leaseSeconds * 1_000
    while (!stopping.signal.aborted && !lost.signal.aborted) {
      await delay((leaseSeconds * 1_000) / 3, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      const asked = performance.now()
      try {
        if (await extendLease(database, lease, { leaseSeconds })) endsAt = asked + leaseSeconds * 1_000
        else lost.abort(new LeaseLost())
      } catch (err) {
        logger.warn({ err, runId: lease.runId }, 'could not extend the lease on a sync run')
      }
      if (performance.now() > endsAt) lost.abort(new LeaseLost())
    }
  })()
  return {
    signal: lost.signal,
    stop: () => {
      stopping.abort()
      return keeping
    },
  }
}
