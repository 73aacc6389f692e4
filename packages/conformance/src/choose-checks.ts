import { MusterError } from '@muster/runtime/errors'
import type { Check } from './check.ts'
import { type Level, levels } from './checklist/point.ts'
import type { ConformanceProfile } from './report.ts'

export interface Choice {
  readonly profile: ConformanceProfile
  /** Numbers of points and ranges of them: `83-97,107`. Everything when it is not said. */
  readonly only?: string | undefined
  /** The least binding level that is run: `should` runs MUST and SHOULD. */
  readonly level?: string | undefined
}

/** The checks of a profile that were asked for. Throws `badRequest` for a choice that makes no sense. */
export function chooseChecks(checks: readonly Check[], { profile, only, level }: Choice): Check[] {
  const wanted = only === undefined ? undefined : parseNumbers(only)
  const least = level === undefined ? undefined : levelOf(level)
  const chosen = checks.filter(
    (check) =>
      (profile === 'rfc' ? check.level !== 'OURS' : check.only !== 'rfc') &&
      (wanted === undefined ||
        check.points.some((number) => wanted.some(([from, to]) => number >= from && number <= to))) &&
      (least === undefined || levels.indexOf(check.level) <= levels.indexOf(least)),
  )
  if (chosen.length === 0) throw new MusterError('badRequest', 'No check has these points and this level.')
  return chosen
}

function parseNumbers(text: string): [from: number, to: number][] {
  return text.split(',').map((part) => {
    const [, from, to = from] = /^\s*(\d{1,3})(?:-(\d{1,3}))?\s*$/.exec(part) ?? []
    if (from === undefined) throw new MusterError('badRequest', `"${text}" is no list of points like 83-97,107.`)
    return [Number(from), Number(to)]
  })
}

function levelOf(text: string): Level {
  const level = levels.find((name) => name.toLowerCase() === text.toLowerCase())
  if (level !== undefined) return level
  throw new MusterError('badRequest', `The level is one of ${levels.join(', ').toLowerCase()}, not "${text}".`)
}
