import { invalidSetting, settingsObject } from '../settings-input.ts'

/** How much may be removed at once. */
export interface GuardLimits {
  /** More removals than this are held. */
  readonly removalsMax: number
  /** So is a larger part of all than this, where either of the next two is reached. */
  readonly percentMax: number
  readonly populationMin: number
  readonly removalsMin: number
}

const kinds = ['users', 'groups', 'memberships'] as const
export type GuardKind = (typeof kinds)[number]

/** For each kind its limits; what is `off` is never held. */
export type Guard = Readonly<Record<GuardKind, GuardLimits | 'off'>>

/** What would be removed, out of how many there are. */
export interface Removals {
  readonly removals: number
  readonly population: number
}

export const defaultGuardLimits: GuardLimits = { removalsMax: 500, percentMax: 20, populationMin: 100, removalsMin: 10 }

/** The largest number that each limit takes. */
const largest: Readonly<Record<keyof GuardLimits, number>> = {
  removalsMax: 1_000_000_000,
  percentMax: 100,
  populationMin: 1_000_000_000,
  removalsMin: 1_000_000_000,
}

/**
 * Checks a guard that somebody sent: for each kind `off`, or the limits that differ from `defaultGuardLimits`.
 * @throws `invalidValue`
 */
export function parseGuard(input: unknown): Guard {
  const given = settingsObject(input ?? {}, 'guard', kinds)
  const parsed = (kind: GuardKind) => parseLimits(given[kind] ?? {}, `guard.${kind}`)
  return { users: parsed('users'), groups: parsed('groups'), memberships: parsed('memberships') }
}

function parseLimits(input: unknown, where: string): GuardLimits | 'off' {
  if (input === 'off') return 'off'
  const given = settingsObject(input, where, Object.keys(largest))
  const limits = { ...defaultGuardLimits }
  for (const [name, max] of Object.entries(largest) as [keyof GuardLimits, number][]) {
    const value = given[name] ?? limits[name]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
      throw invalidSetting(`${where}.${name}`, `a whole number from 0 to ${max} is expected`)
    }
    limits[name] = value
  }
  return limits
}

/** Whether so many removals are to wait for somebody's approval. */
export function trips(limits: GuardLimits | 'off', { removals, population }: Removals): boolean {
  if (limits === 'off') return false
  if (removals > limits.removalsMax) return true
  const matters = population >= limits.populationMin || removals >= limits.removalsMin
  return matters && removals * 100 > limits.percentMax * population
}

/** The kinds of removals that are held, of a whole run or of what was pushed within the window. */
export function judge(guard: Guard, plan: Readonly<Record<GuardKind, Removals>>): GuardKind[] {
  return kinds.filter((kind) => trips(guard[kind], plan[kind]))
}
