import type { DayRange } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'

/** Named periods, in whole days (UTC) that end with today: what is counted is counted by the day. */
const periods = {
  last_24_hours: 2,
  last_7_days: 7,
  last_30_days: 30,
  last_90_days: 90,
  last_12_months: 365,
} as const

type PeriodName = keyof typeof periods

const periodDefault: PeriodName = 'last_30_days'
const daysMax = 5 * 366
const dayMilliseconds = 86_400_000

const day = (description: string) =>
  Type.Optional(Type.String({ pattern: '^20[0-9]{2}-', format: 'date', description: `${description} \`YYYY-MM-DD\`.` }))

/** To be spread into the query of what is shown of a period. */
export const periodParameters = {
  period: Type.Optional(
    Type.Enum(Object.keys(periods) as PeriodName[], {
      description: `Whole days (UTC) up to today; \`last_24_hours\` is today and yesterday. Default ${periodDefault}.`,
    }),
  ),
  from: day('Instead of `period`: the first day.'),
  to: day('The last day; today when it is left out.'),
}

/**
 * The days that a query asks for, both ends included.
 * @throws `invalidValue` when it contradicts itself or asks for more than five years
 */
export function readPeriod(
  { period, from, to }: { period?: PeriodName; from?: string; to?: string },
  now: Date,
): DayRange {
  const today = dayOf(now)
  if (from === undefined) {
    if (to !== undefined) throw new MusterError('invalidValue', 'query.to needs query.from.')
    const days = periods[period ?? periodDefault]
    return { from: dayOf(new Date(now.getTime() - (days - 1) * dayMilliseconds)), to: today }
  }
  if (period !== undefined) throw new MusterError('invalidValue', 'query.from takes the place of query.period.')
  const range = { from, to: to ?? today }
  if (range.from > range.to) throw new MusterError('invalidValue', 'query.from is behind the last day.')
  if (daysOf(range).length > daysMax) throw new MusterError('invalidValue', 'A period is at most five years long.')
  return range
}

/** Every day of the range. */
export function daysOf({ from, to }: DayRange): string[] {
  const first = Date.parse(from)
  const count = (Date.parse(to) - first) / dayMilliseconds + 1
  return Array.from({ length: count }, (_, index) => dayOf(new Date(first + index * dayMilliseconds)))
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}
