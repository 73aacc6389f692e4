const secondsMax = 86_400

/**
 * Seconds that a `Retry-After` asks for (RFC 9110 §10.2.3: whole seconds or a date), 24 hours at most; 0 without one, or
 * with one that cannot be read.
 */
export function retryAfterSeconds(header: string | string[] | undefined, now: Date): number {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), secondsMax)
}
