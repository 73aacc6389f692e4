import { MusterError } from '@muster/runtime/errors'

interface PageParameters {
  /** From a query (text) or a `.search` body (number). */
  startIndex?: unknown
  count?: unknown
}

interface PageLimits {
  /** Resources on a page when the client does not say. */
  defaultCount: number
  /** The most resources on a page, as advertised in `filter.maxResults`. */
  maxCount: number
}

interface IndexPage {
  /** 1-based; at least 1. */
  startIndex: number
  /** From 0 (only the total is wanted) to `maxCount`. */
  count: number
}

/**
 * Reads `startIndex` and `count` (RFC 7644 §3.4.2.4): a start below 1 is 1, a negative count is 0, and what is too much
 * is cut to the limit.
 * @throws `invalidValue` for what is not a whole number
 */
export function parseIndexPage({ startIndex, count }: PageParameters, limits: PageLimits): IndexPage {
  return {
    startIndex: clamp(wholeNumber('startIndex', startIndex) ?? 1, 1, Number.MAX_SAFE_INTEGER),
    count: clamp(wholeNumber('count', count) ?? limits.defaultCount, 0, limits.maxCount),
  }
}

function wholeNumber(name: string, raw: unknown): number | undefined {
  if (raw === undefined || raw === null) return undefined
  const number = typeof raw === 'string' && /^[+-]?\d{1,400}$/.test(raw) ? Number(raw) : raw
  // A number too long to be exact is still whole; clamping takes care of it.
  if (typeof number === 'number' && (Number.isInteger(number) || Math.abs(number) === Infinity)) return number
  throw new MusterError('invalidValue', `${name} must be a whole number`)
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest)
}
