const firstMilliseconds = 250
const longestMilliseconds = 30_000

/** How long to wait before the next attempt: doubling, half of it at random, or what the server asked for. */
export function retryDelay(attempt: number, retryAfter?: string | null): number {
  const asked = Number(retryAfter ?? Number.NaN) * 1_000
  if (asked >= 0) return Math.min(asked, longestMilliseconds)
  return backoff(attempt, { firstMilliseconds, longestMilliseconds })
}

/** Grows with every attempt (1, 2, …) up to the longest, the upper half of it at random. */
export function backoff(
  attempt: number,
  limits: { readonly firstMilliseconds: number; readonly longestMilliseconds: number },
): number {
  const whole = Math.min(limits.firstMilliseconds * 2 ** (attempt - 1), limits.longestMilliseconds)
  return whole * (0.5 + Math.random() / 2)
}
