/** How failing deliveries are tried again. Times in seconds. */
export interface DeliveryPolicy {
  /** Before each retry; behind the last one there is none. */
  retrySeconds: readonly number[]
  /** By which share of itself a delay is longer or shorter, by chance: what failed together does not come again together. */
  jitter: number
  /** From so many failures in a row on, an endpoint gets one delivery at a time. */
  failuresMax: number
  /** For how long a delivery is nobody else's: longer than an attempt and all around it may take. It is made again then. */
  claimSeconds: number
}

const minute = 60
const hour = 3_600

/** About three days. */
export const deliveryPolicy: DeliveryPolicy = {
  retrySeconds: [
    5,
    30,
    ...[2, 10, 30].map((minutes) => minutes * minute),
    ...[1, 2, 4, 8, 12, 20, 24].map((hours) => hours * hour),
  ],
  jitter: 0.2,
  failuresMax: 10,
  claimSeconds: 45,
}

/**
 * Seconds before the retry number `retry` (from 0); behind the last one the last one's. `random` answers with a number
 * from 0 to 1.
 */
export function retryDelay(policy: DeliveryPolicy, retry: number, random: () => number): number {
  const seconds = policy.retrySeconds[Math.min(retry, policy.retrySeconds.length - 1)] ?? 0
  return seconds * (1 + policy.jitter * (2 * random() - 1))
}

/** All delays together: for how long an endpoint may fail. */
export function patienceSeconds({ retrySeconds }: DeliveryPolicy): number {
  return retrySeconds.reduce((sum, seconds) => sum + seconds, 0)
}
