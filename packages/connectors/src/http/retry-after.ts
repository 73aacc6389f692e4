/**
 * How long an answer asks to be left alone (RFC 9110 §10.2.3: seconds or a date); undefined when it does not say. A date is
 * taken by the clock of the source (`Date`), where it shows one.
 */
export function retryAfterMilliseconds(headers: Readonly<Record<string, string>>): number | undefined {
  const asked = headers['retry-after']?.trim()
  if (asked === undefined || asked === '') return undefined
  if (/^\d+(\.\d+)?$/.test(asked)) return Number(asked) * 1_000
  // Date.parse takes much for a date that is none.
  const until = /^[A-Z][a-z]{2}/.test(asked) ? Date.parse(asked) : Number.NaN
  if (Number.isNaN(until)) return undefined
  const dated = Date.parse(headers.date ?? '')
  return Math.max(0, until - (Number.isNaN(dated) ? Date.now() : dated))
}
