/** The text if it could be an e-mail address: one @ between two parts without spaces. */
export function emailAddressIn(text: string): string | undefined {
  return /^[^\s@]+@[^\s@]+$/.test(text) ? text : undefined
}

const isoDate = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ]\d{2})/
/** RFC 4517 §3.3.13: the minutes and seconds, the fraction and the offset may be missing in what directories hold. */
const generalizedTime = /^(\d{4})(\d{2})(\d{2})(?:\d{2}){0,3}(?:[.,]\d+)?(?:Z|[+-]\d{2}(?:\d{2})?)?$/

/**
 * The day that a date or time names, as `yyyy-mm-dd`, in the source's own time zone: a start date of midnight in Tokyo
 * stays that day. Undefined for other formats (which of 01/02 is the month is nobody's guess) and days that are none.
 */
export function isoDay(text: string): string | undefined {
  const [, year = '', month = '', day = ''] = isoDate.exec(text.trim()) ?? generalizedTime.exec(text.trim()) ?? []
  const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= daysIn(+year, +month)
  return isDay ? `${year}-${month}-${day}` : undefined
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The first relative distinguished name (RFC 4514 §3): its type, an equals sign, and its value with escapes. */
const firstRdn = /^\s*[A-Za-z][\w.-]*\s*=\s*((?:\\.|[^\\,+;])*)/s
const escaped = /(?:\\[0-9a-f]{2})+|\\(.)/gis

/** The value of the first component of a distinguished name, without its escapes; undefined for what is none. */
export function firstRdnValue(text: string): string | undefined {
  return firstRdn
    .exec(text)?.[1]
    ?.replace(escaped, (run, character?: string) => character ?? utf8(run))
    .trim()
}

/** `\C3\A9` is é: bytes of UTF-8. What are none stays as it is. */
function utf8(run: string): string {
  try {
    return decodeURIComponent(run.replaceAll('\\', '%'))
  } catch {
    return run
  }
}
