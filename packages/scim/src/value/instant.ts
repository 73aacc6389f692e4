const dateTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/

/** Postgres and we agree on these years only. */
const earliest = '0001'
const fractionDigits = 6

/**
 * The canonical form of an xsd:dateTime (RFC 7643 §2.3.5): UTC, microseconds, fixed width, so that comparing two of
 * them as text compares them in time. Without a zone UTC is meant. Undefined when the text is not a date and time.
 */
export function canonicalInstant(text: string): string | undefined {
  const [, local, fraction = '', zone = 'Z'] = dateTime.exec(text.toUpperCase()) ?? []
  if (!local) return undefined
  const wall = Date.parse(`${local}Z`)
  // Date.parse lets the 30th of February pass as the 1st of March.
  if (Number.isNaN(wall) || secondsOf(wall) !== local) return undefined
  const offset = offsetMilliseconds(zone)
  if (offset === undefined) return undefined
  const seconds = secondsOf(wall - offset)
  if (seconds.length !== local.length || seconds < earliest) return undefined
  return `${seconds}.${fraction.slice(0, fractionDigits).padEnd(fractionDigits, '0')}Z`
}

function secondsOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, -'.000Z'.length)
}

function offsetMilliseconds(zone: string): number | undefined {
  if (zone.length === 1) return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
