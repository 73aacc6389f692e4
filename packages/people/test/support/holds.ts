import fc from 'fast-check'
import type { Test } from 'tap'

/** The seed of a run, printed with every property; MUSTER_SEED repeats a run, MUSTER_LONG tries more. */
const seed = Number(process.env.MUSTER_SEED ?? Date.now() % 1_000_000)
export const numRuns = process.env.MUSTER_LONG === '1' ? 20_000 : 1_000

/** Asserts that a property holds for random values: it answers false or throws when it does not. */
export function holds<Values>(t: Test, about: string, property: fc.IProperty<Values>): void {
  const details = fc.check(property, { seed, numRuns })
  t.notOk(details.failed, `${about} (seed ${seed}) ${fc.defaultReportMessage(details) ?? ''}`)
}
