import { deepEqual, equal, ok } from 'node:assert/strict'
import { type ConnectorCheck, checkOf, deltaCheckOf } from './connector-check.ts'
import { assertCompleteAtEnd } from './page-checks.ts'
import { afterRound, describePicture, describePopulation, emptyPicture } from './picture.ts'
import { changedPopulation, type PopulationChange, sampleChanges, samplePopulation, sampleUser } from './population.ts'
import { deltaOf, drained, lastCheckpoint, withSource } from './reading.ts'

const removals: readonly PopulationChange[] = [
  { does: 'removeGroup', key: 'g-team' },
  { does: 'removeUser', key: 'u-00004' },
]

/** What has changed, and nothing lost between two rounds. */
export const deltaChecks: readonly ConnectorCheck[] = [
  checkOf('says whether it has a delta', (subject) =>
    withSource(subject, samplePopulation(1), async ({ open }) => {
      const { connector } = await open()
      equal(connector.delta !== undefined, subject.delta === 'shown')
    }),
  ),
  deltaCheckOf('a delta says what has changed', (subject) => {
    const population = samplePopulation()
    return withSource(subject, population, async ({ open, source }) => {
      const snapshot = await drained((await open()).connector.snapshot())
      let known = afterRound(emptyPicture, snapshot)
      let checkpoint = lastCheckpoint(snapshot)
      let expected = population
      for (const changes of [sampleChanges, removals, []]) {
        await source.change(changes)
        expected = changedPopulation(expected, changes)
        const pages = await drained(deltaOf(await open(), checkpoint))
        assertCompleteAtEnd(pages)
        known = afterRound(known, pages)
        checkpoint = lastCheckpoint(pages)
        deepEqual(describePicture(known), describePopulation(expected, subject), `behind ${changes.length} changes`)
      }
    })
  }),
  deltaCheckOf('a change during a round is in the next delta', (subject) => {
    const population = samplePopulation()
    // Of every kind of record something that is read already and something that is not.
    const changes: readonly PopulationChange[] = [
      { does: 'disableUser', key: 'u-00000' },
      { does: 'disableUser', key: 'u-00012' },
      { does: 'removeUser', key: 'u-00001' },
      { does: 'addUser', user: sampleUser(90_001) },
      { does: 'join', groupKey: 'g-team', memberKey: 'u-00009' },
    ]
    const expected = describePopulation(changedPopulation(population, changes), subject)
    return withSource(subject, population, async ({ open }) => {
      const places = (await drained((await open()).connector.snapshot())).length
      ok(places > 2, 'the sample must come in several pages')
      for (const place of [1, places - 1]) await assertLooksBack(subject, place, changes, expected)
    })
  }),
]

/** Changes the source behind a page of the first round, and fails unless that and the next delta together know of it. */
async function assertLooksBack(
  subject: Parameters<ConnectorCheck['run']>[0],
  place: number,
  changes: readonly PopulationChange[],
  expected: ReturnType<typeof describePopulation>,
): Promise<void> {
  await withSource(subject, samplePopulation(), async ({ open, source }) => {
    let read = 0
    const snapshot = await drained((await open()).connector.snapshot(), async () => {
      read += 1
      if (read === place) await source.change(changes)
    })
    const known = afterRound(emptyPicture, snapshot)
    const delta = await drained(deltaOf(await open(), lastCheckpoint(snapshot)))
    deepEqual(describePicture(afterRound(known, delta)), expected, `changed behind page ${place}`)
  })
}
