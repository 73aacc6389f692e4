/** For one call to a source. There are a few for a channel; by then somebody else may take it. */
export const callMilliseconds = 30_000
export const leaseSeconds = 300

/** Between two attempts: twice as long with each, up to an hour. */
const retry = { secondsMin: 60, secondsMax: 3_600 } as const
/** Of the life of a subscription, the part after which another one is made; and how much that varies, so that channels do not renew together. */
const renewal = { part: 2 / 3, jitter: 0.05 } as const
/** However short a life is. */
const renewalSecondsMin = 60

/** Seconds until other subscriptions are made than those that end at these times (ISO 8601). `random` is in [0, 1). */
export function renewalSeconds(ends: readonly string[], now: number = Date.now(), random: number = Math.random()) {
  const life = (Math.min(...ends.map((end) => Date.parse(end))) - now) / 1_000
  return Math.max(renewalSecondsMin, life * renewal.part * (1 - renewal.jitter + 2 * renewal.jitter * random))
}

/** Seconds until the next attempt behind so many that failed, never before the source asked for. `random` is in [0, 1). */
export function channelRetrySeconds(
  { failures, retryAfterMilliseconds = 0 }: { failures: number; retryAfterMilliseconds?: number | undefined },
  random: number = Math.random(),
): number {
  const doubled = retry.secondsMin * 2 ** Math.min(failures - 1, 10)
  return Math.min(retry.secondsMax, Math.max(doubled, retryAfterMilliseconds / 1_000)) * (1 + 0.1 * random)
}
