/** How often a directory is read, and when one that failed is tried again. */
export interface SyncPace {
  /** Attempts of a scheduled run; behind the last its directory is in ERROR. */
  attemptsMax: number
  /** Between the first two attempts; twice as long with each. */
  retrySecondsMin: number
  /** Also of what a source asks for. */
  retrySecondsMax: number
}

export const syncPace: SyncPace = { attemptsMax: 5, retrySecondsMin: 30, retrySecondsMax: 3_600 }

/** Of an interval or a wait: directories that began together do not stay together. */
const jitter = 0.1

/** Seconds until the next run: the interval of the directory, more or less. `random` is in [0, 1). */
export function intervalSeconds(intervalMinutes: number, random: number = Math.random()): number {
  return intervalMinutes * 60 * (1 - jitter + 2 * jitter * random)
}

/**
 * Seconds until the attempt behind so many (1: one has failed). Never before the source asked for, as long as that is no
 * longer than the pace allows. `random` is in [0, 1).
 */
export function retrySeconds(
  pace: SyncPace,
  { attempts, retryAfterMilliseconds = 0 }: { attempts: number; retryAfterMilliseconds?: number | undefined },
  random: number = Math.random(),
): number {
  const doubled = pace.retrySecondsMin * 2 ** Math.min(attempts - 1, 30)
  const asked = Math.max(doubled, retryAfterMilliseconds / 1_000)
  return Math.min(pace.retrySecondsMax, asked) * (1 + jitter * random)
}
