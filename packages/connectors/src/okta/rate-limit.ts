import type { Pace } from '../http/pace.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'

/** What of its limit we leave to the others of the organization: all of its tokens share one. */
const shareLeft = 0.1

/**
 * How long until the limit of an endpoint begins anew (developer.okta.com/docs/reference/rl-best-practices): `X-Rate-Limit-Reset`
 * is a second of the clock that `Date` shows. Undefined when the answer does not say; headers that came twice say nothing.
 */
export function untilReset({ headers }: Pick<SourceAnswer, 'headers'>): number | undefined {
  const reset = numberIn(headers['x-rate-limit-reset'])
  if (reset === undefined) return undefined
  const dated = Date.parse(headers.date ?? '')
  const milliseconds = reset * 1_000 - (Number.isNaN(dated) ? Date.now() : dated)
  return milliseconds > 0 ? milliseconds : undefined
}

/** Rests until the limit begins anew once little of it is left. */
export function mindLimit(answer: SourceAnswer, pace: Pace): void {
  const [limit, remaining] = ['limit', 'remaining'].map((name) => numberIn(answer.headers[`x-rate-limit-${name}`]))
  const wait = untilReset(answer)
  // A limit of nothing is that of requests under way at once: it says nothing of this minute.
  if (limit === undefined || limit === 0 || remaining === undefined || wait === undefined) return
  if (remaining < limit * shareLeft) pace.rest(wait)
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
