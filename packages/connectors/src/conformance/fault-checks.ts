import { deepEqual, equal, ok } from 'node:assert/strict'
import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import type { Page } from '../page.ts'
import type { ConnectorCheck } from './connector-check.ts'
import type { ConnectorSubject, FaultSupport } from './connector-subject.ts'
import { assertCompleteAtEnd } from './page-checks.ts'
import { afterRound, describePicture, describePopulation, emptyPicture, namedIn } from './picture.ts'
import { samplePopulation } from './population.ts'
import { type Bench, deltaOf, drain, drained, lastCheckpoint, type RoundEnd, withSource } from './reading.ts'
import { type FaultOutcome, type SourceFaultName, sourceFaultNames, sourceFaults } from './source-faults.ts'

/** A check a fault: what it does to a snapshot at each place, and to a delta at its first. */
export const faultChecks: readonly ConnectorCheck[] = sourceFaultNames
  .filter((fault) => fault !== 'hang')
  .map((fault) => ({
    name: `a round in which ${sourceFaults[fault].does} (${fault})`,
    lackOf: ({ faults }) => lackOf(faults[fault]),
    run: (subject) => withSource(subject, samplePopulation(), (bench) => checkFault(bench, fault)),
  }))

function lackOf(support: FaultSupport): string | undefined {
  return typeof support === 'object' && 'lacks' in support ? support.lacks : undefined
}

async function checkFault(bench: Bench, fault: SourceFaultName): Promise<void> {
  const { open, source } = bench
  const whole = await drained((await open()).connector.snapshot())
  // A snapshot has no position to be forgotten before it is resumed.
  const places =
    fault === 'expiredCheckpoint' ? [] : Array.from({ length: source.faultPlaces }, (_, index) => index + 1)
  for (const place of places) {
    await source.inject(fault, place)
    const end = await drain((await open()).connector.snapshot())
    await source.heal()
    assertOutcome(bench.subject, fault, end, whole, `at place ${place}`)
    await assertResumable(bench, end, `behind place ${place}`)
  }
  if (bench.subject.delta !== 'shown') return
  await source.inject(fault, 1)
  const end = await drain(deltaOf(await open(), lastCheckpoint(whole)))
  await source.heal()
  assertOutcome(bench.subject, fault, end, undefined, 'in a delta')
}

function assertOutcome(
  subject: ConnectorSubject,
  fault: SourceFaultName,
  { pages, error }: RoundEnd,
  whole: readonly Page[] | undefined,
  where: string,
): void {
  const { outcome }: { outcome: FaultOutcome } = sourceFaults[fault]
  if (outcome.ends === 'continues') {
    equal(error, undefined, `${where} the round must go on`)
    assertCompleteAtEnd(pages)
    if (whole !== undefined)
      deepEqual([...namedIn(pages)].sort(), [...namedIn(whole)].sort(), `${where} nobody is missing`)
    return
  }
  ok(
    pages.every((page) => page.complete === undefined),
    `${where} no page may be complete`,
  )
  const codes = codesOf(subject.faults[fault], outcome)
  if (codes === undefined) return
  ok(error instanceof ConnectorError, `${where} the round must end by a ConnectorError, not ${error}`)
  ok(codes.includes(error.code), `${where} the round must end by ${codes.join(' or ')}, not ${error.code}`)
}

/** The codes that a round may end by; undefined when it ends otherwise. */
function codesOf(support: FaultSupport, outcome: FaultOutcome): readonly ConnectorFailure[] | undefined {
  if (typeof support === 'object' && 'as' in support) return support.as
  return outcome.ends === 'error' ? [outcome.code] : undefined
}

/** What was read before a fault and what is read behind it must be everybody. */
async function assertResumable({ open, subject }: Bench, { pages }: RoundEnd, where: string): Promise<void> {
  if (pages.at(-1)?.complete !== undefined) return
  const resume = pages.at(-1)?.checkpoint
  const behind = await drained((await open()).connector.snapshot(resume))
  const picture = afterRound(emptyPicture, [...pages, ...behind])
  deepEqual(describePicture(picture), describePopulation(samplePopulation(), subject), where)
}
