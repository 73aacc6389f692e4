import {
  type ClaimedRun,
  type Database,
  dropStage,
  failRun,
  giveRunBack,
  LeaseLost,
  retryRun,
} from '@muster/repository'
import type { Logger } from '@muster/runtime/logger'
import { toTypeId } from '@muster/runtime/type-ids'
import { keepLease } from './keep-lease.ts'
import type { OpenConnector } from './open-source.ts'
import { type ReadingLimits, readingLimits } from './reading-limits.ts'
import { type RunFailure, toRunFailure } from './run-failure.ts'
import { intervalSeconds, retrySeconds, type SyncPace, syncPace } from './sync-pace.ts'
import { workOnRun } from './work-on-run.ts'

/** How often a run may be taken up: one that ends its process each time would be for ever. */
const beginningsMax = 20

export interface SyncOptions {
  database: Database
  claimed: ClaimedRun
  /** Of the claim. */
  leaseSeconds: number
  open: OpenConnector
  logger: Logger
  /** Ends the work behind what is being written; the run is given back, for somebody else to go on with. */
  signal: AbortSignal
  pace?: SyncPace
  limits?: ReadingLimits
}

/**
 * `lost`: somebody else has the run by now, or it was called off. `left`: the database could not be reached; whoever finds the lease
 * ended goes on.
 */
export type SyncOutcome = 'completed' | 'retried' | 'failed' | 'givenBack' | 'lost' | 'left'

/** Works on a run that was claimed, to its end if it can be. What fails is written down with the run and never thrown. */
export async function runSync(options: SyncOptions): Promise<SyncOutcome> {
  const { database, claimed, limits = readingLimits } = options
  const { lease, run } = claimed
  const logger = options.logger.child({
    runId: toTypeId('syncRun', run.runId),
    directoryId: toTypeId('directory', run.directoryId),
  })
  const kept = keepLease(database, lease, { leaseSeconds: options.leaseSeconds, logger })
  const signal = AbortSignal.any([options.signal, kept.signal])
  let outcome: SyncOutcome
  try {
    if (run.attempts > beginningsMax) throw new NeverEnds()
    for await (const _ of workOnRun({ database, claimed, open: options.open, limits, signal })) signal.throwIfAborted()
    outcome = 'completed'
  } catch (error) {
    const isLost = error instanceof LeaseLost || kept.signal.aborted
    outcome = isLost ? 'lost' : await endInPart({ ...options, logger }, error)
  } finally {
    await kept.stop()
  }
  // What a plan was made of says what it means, as long as it is there.
  const keepsStage = run.purpose === 'plan' && outcome === 'completed'
  if (!keepsStage && (outcome === 'completed' || outcome === 'failed')) {
    // Left there, it goes with the next pruning.
    await dropStage(database, lease.scope, run.runId).catch((err) => logger.warn({ err }, 'could not clear the stage'))
  }
  logger.info({ outcome }, 'worked on a sync run')
  return outcome
}

/** A run that nobody comes to the end of. */
class NeverEnds extends Error {
  override readonly message = 'The run was taken up too often, and its process ended each time'
}

async function endInPart(options: SyncOptions, error: unknown): Promise<SyncOutcome> {
  const { database, claimed, logger, signal } = options
  try {
    if (signal.aborted) {
      await giveRunBack(database, claimed.lease)
      return 'givenBack'
    }
    const failure = toRunFailure(error)
    if (failure.error.code === 'internal') logger.error({ err: error }, 'a sync run failed')
    else logger.warn({ code: failure.error.code, message: failure.error.message }, 'a directory could not be read')
    return await endFailed(options, failure)
  } catch (err) {
    if (err instanceof LeaseLost) return 'lost'
    logger.error({ err }, 'could not write down how a sync run ended')
    return 'left'
  }
}

/** Who asked for a run by hand waits for its answer, and asks again; one by schedule is tried again by itself. */
async function endFailed(
  { database, claimed, pace = syncPace }: SyncOptions,
  { error, mayPass, retryAfterMilliseconds = 0 }: RunFailure,
): Promise<SyncOutcome> {
  const { run, lease, intervalMinutes } = claimed
  const retryIn = retrySeconds(pace, { attempts: run.attempts, retryAfterMilliseconds })
  if (mayPass && run.occasion !== 'manual' && run.attempts < pace.attemptsMax) {
    await retryRun(database, lease, { error, dueInSeconds: retryIn })
    return 'retried'
  }
  const asked = Math.min(pace.retrySecondsMax, retryAfterMilliseconds / 1_000)
  await failRun(database, lease, { error, dueInSeconds: Math.max(intervalSeconds(intervalMinutes), asked) })
  return 'failed'
}
