import { deepEqual, ok } from 'node:assert/strict'
import { ConnectorError } from '../connector-error.ts'
import type { Checkpoint, Page } from '../page.ts'
import { type ConnectorCheck, checkOf, deltaCheckOf } from './connector-check.ts'
import { assertCompleteAtEnd } from './page-checks.ts'
import { afterRound, describePicture, describePopulation, emptyPicture } from './picture.ts'
import { changedPopulation, sampleChanges, samplePopulation } from './population.ts'
import { deltaOf, drain, drained, lastCheckpoint, withSource } from './reading.ts'

/** Going on where another process stopped. */
export const resumeChecks: readonly ConnectorCheck[] = [
  checkOf('a snapshot is resumed behind every page', (subject) => {
    const population = samplePopulation()
    return withSource(subject, population, async ({ open }) => {
      const whole = await drained((await open()).connector.snapshot())
      for (const stop of whole.keys()) {
        const before = await stopped((await open()).connector.snapshot(), stop + 1)
        if (before.at(-1)?.complete !== undefined) continue
        const behind = await drained((await open()).connector.snapshot(lastCheckpoint(before)))
        assertCompleteAtEnd(behind)
        const picture = afterRound(emptyPicture, [...before, ...behind])
        deepEqual(describePicture(picture), describePopulation(population, subject), `resumed behind page ${stop + 1}`)
      }
      // How much is read again is the connector's affair, as long as it is not everything each time.
      const beforeLast = checkpointOf(whole, whole.length - 2)
      const again = await drained((await open()).connector.snapshot(beforeLast))
      ok(again.length < whole.length, 'a resumed snapshot begins behind what was read')
    })
  }),
  deltaCheckOf('a delta is resumed behind every page', (subject) => {
    const population = samplePopulation()
    return withSource(subject, population, async ({ open, source }) => {
      const snapshot = await drained((await open()).connector.snapshot())
      const known = afterRound(emptyPicture, snapshot)
      await source.change(sampleChanges)
      const since = lastCheckpoint(snapshot)
      const whole = await drained(deltaOf(await open(), since))
      for (const stop of whole.slice(1).keys()) {
        const before = await stopped(deltaOf(await open(), since), stop + 1)
        if (before.at(-1)?.complete !== undefined) continue
        const behind = await drained(deltaOf(await open(), lastCheckpoint(before)))
        assertCompleteAtEnd(behind)
        const picture = afterRound(known, [...before, ...behind])
        const expected = describePopulation(changedPopulation(population, sampleChanges), subject)
        deepEqual(describePicture(picture), expected, `resumed behind page ${stop + 1}`)
      }
    })
  }),
  checkOf('a checkpoint that nobody wrote is expired', (subject) =>
    withSource(subject, samplePopulation(), async ({ open }) => {
      const whole = await drained((await open()).connector.snapshot())
      const cut = checkpointOf(whole, 0).slice(0, -7)
      for (const garbage of ['garbage', '{}', '[]', 'null', cut] as Checkpoint[]) {
        const opened = await open()
        await assertExpired(opened.connector.snapshot(garbage), `snapshot(${garbage})`)
        if (opened.connector.delta !== undefined)
          await assertExpired(opened.connector.delta(garbage), `delta(${garbage})`)
      }
    }),
  ),
]

/** Fails unless a round ends by `checkpointExpired` before its first page. */
async function assertExpired(round: AsyncIterable<Page>, what: string): Promise<void> {
  const { pages, error } = await drain(round)
  ok(error instanceof ConnectorError && error.code === 'checkpointExpired', `${what} must be expired, not ${error}`)
  deepEqual(pages, [], `${what} must not have pages`)
}

/** The first pages of a round that is left behind them. */
async function stopped(round: AsyncIterable<Page>, count: number): Promise<Page[]> {
  const pages: Page[] = []
  for await (const page of round) {
    pages.push(page)
    if (pages.length === count) break
  }
  return pages
}

function checkpointOf(pages: readonly Page[], index: number): Checkpoint {
  const page = pages[index]
  ok(page !== undefined, `there is no page ${index}`)
  return page.checkpoint
}
