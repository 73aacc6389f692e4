import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import type { Test } from 'tap'

export const numRuns = times(1_000, 20_000)

/** Asserts that a property holds for random values: it answers false or throws when it does not. */
export function holds<Values>(t: Test, about: string, property: fc.IProperty<Values>): void {
  const details = fc.check(property, { seed, numRuns })
  t.notOk(details.failed, `${about} (seed ${seed}) ${fc.defaultReportMessage(details) ?? ''}`)
}
