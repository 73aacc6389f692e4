import { type Guard, trips } from '@muster/people'
import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { planArrivals } from './plan-arrivals.ts'
import type { PlanBasis, SettingsChange } from './plan-basis.ts'
import { type PlannedEffect, type PlannedPage, planPeople } from './plan-people.ts'

/** People that one page takes: a second's work at most. */
const pageRows = 2_000
const sampleMax = 100
const beforeAll = '00000000-0000-0000-0000-000000000000'

/** What a change of settings would do, as far as it was looked at. */
export interface Impact {
  /** Active people that the change may concern. */
  population: number
  /** Directory users that count today and no longer would. */
  removals: number
  deactivated: number
  reactivated: number
  updated: number
  /** Directory users without a person that would get one: somebody new or, by the address, somebody who is there. */
  created: number
  /** Whether the guard would hold what is removed. */
  held: boolean
  /** The first hundred. */
  sample: PlannedEffect[]
  /** False: the time was up before everybody was looked at. */
  isComplete: boolean
}

/** Goes over everybody by pages, each a read of its own, until the deadline (milliseconds from now). */
export async function planImpact(
  database: Database,
  scope: OrganizationScope,
  basis: PlanBasis,
  { directoryId, syncFilters, mapping, directoryOrder }: SettingsChange,
  { deadlineMilliseconds }: { deadlineMilliseconds: number },
): Promise<Impact> {
  const deadline = performance.now() + deadlineMilliseconds
  const tally = new Tally()
  const isOver = () => performance.now() > deadline
  const page = (after: string) => ({ after, rows: pageRows })
  const wholeOrder = syncFilters === undefined && mapping === undefined && directoryOrder !== undefined
  const walks = [
    async (after: string) => {
      const planned = await read(database, scope, (reader) => planPeople(reader, basis, directoryId, page(after)))
      tally.addPage(planned)
      return planned.next
    },
    // The order of directories gives nobody a person.
    ...[...(wholeOrder ? [] : basis.affected.keys())].map((one) => async (after: string) => {
      const { effects, next } = await read(database, scope, (reader) => planArrivals(reader, basis, one, page(after)))
      tally.add(effects)
      return next
    }),
  ]
  for (const walk of walks) {
    let place: string | undefined = beforeAll
    while (place !== undefined && !isOver()) place = await walk(place)
    if (place !== undefined) return tally.result(basis.guard, false)
  }
  return tally.result(basis.guard, true)
}

class Tally {
  readonly counts: Record<PlannedEffect['effect'], number> = { deactivated: 0, reactivated: 0, updated: 0, created: 0 }
  readonly links = { population: 0, removals: 0 }
  readonly sample: PlannedEffect[] = []
  population = 0

  addPage({ effects, links, population }: PlannedPage): void {
    this.add(effects)
    this.links.population += links.population
    this.links.removals += links.removals
    this.population += population
  }

  add(effects: readonly PlannedEffect[]): void {
    for (const one of effects) {
      this.counts[one.effect] += 1
      if (this.sample.length < sampleMax) this.sample.push(one)
    }
  }

  /** Held is what ends too many directory users' part in people, or too many people. */
  result({ users }: Guard, isComplete: boolean): Impact {
    const { population, links, counts, sample } = this
    const held = trips(users, links) || trips(users, { removals: counts.deactivated, population })
    return { population, removals: links.removals, ...counts, held, sample, isComplete }
  }
}
