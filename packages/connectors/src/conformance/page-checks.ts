import { deepEqual, equal, ok } from 'node:assert/strict'
import { markedFields } from '../config-field.ts'
import type { Page } from '../page.ts'
import { type ConnectorCheck, checkOf } from './connector-check.ts'
import { afterRound, describePicture, describePopulation, emptyPicture } from './picture.ts'
import { emptyPopulation, samplePopulation } from './population.ts'
import { drained, withSource } from './reading.ts'

const checkpointBytesMax = 64 * 1_024

/** What a snapshot is made of. */
export const pageChecks: readonly ConnectorCheck[] = [
  checkOf('the last page and only the last is complete', (subject) =>
    withSource(subject, samplePopulation(), async ({ open }) => {
      const pages = await drained((await open()).connector.snapshot())
      assertCompleteAtEnd(pages)
      equal(pages.at(-1)?.complete, 'all', 'a snapshot is of everything')
    }),
  ),
  checkOf('pages are bounded', (subject) =>
    withSource(subject, samplePopulation(), async ({ open }) => {
      const pages = await drained((await open()).connector.snapshot())
      ok(pages.length >= 3, `the sample must come in three pages or more, not ${pages.length}`)
      for (const { upsert, remove } of pages) {
        const records = upsert.length + remove.length
        ok(records <= subject.pageRecordsMax, `a page has ${records} records`)
      }
    }),
  ),
  checkOf('checkpoints are short text', (subject) =>
    withSource(subject, samplePopulation(), async ({ open }) => {
      for (const { checkpoint } of await drained((await open()).connector.snapshot())) {
        equal(typeof checkpoint, 'string')
        ok(checkpoint !== '', 'a checkpoint is never empty')
        ok(Buffer.byteLength(checkpoint) <= checkpointBytesMax, 'a checkpoint has 64 KiB at most')
      }
    }),
  ),
  checkOf('a snapshot is everybody, with groups in groups', (subject) => {
    const population = samplePopulation()
    return withSource(subject, population, async ({ open }) => {
      const pages = await drained((await open()).connector.snapshot())
      deepEqual(describePicture(afterRound(emptyPicture, pages)), describePopulation(population, subject))
    })
  }),
  checkOf('a huge group comes over several pages', (subject) => {
    const population = samplePopulation(subject.hugeGroup)
    return withSource(subject, population, async ({ open }) => {
      const pages = await drained((await open()).connector.snapshot())
      const picture = afterRound(emptyPicture, pages)
      deepEqual(describePicture(picture), describePopulation(population, subject))
      const huge = [...picture.groups.values()].find(({ name }) => name === population.groups[0]?.name)
      const isOfHuge = (record: Page['upsert'][number]) => record.kind === 'membership' && record.groupId === huge?.id
      ok(pages.filter(({ upsert }) => upsert.some(isOfHuge)).length > 1, 'its members must not come in one page')
    })
  }),
  checkOf('an empty source is read whole', (subject) =>
    withSource(subject, emptyPopulation, async ({ open }) => {
      const pages = await drained((await open()).connector.snapshot())
      assertCompleteAtEnd(pages)
      deepEqual(describePicture(afterRound(emptyPicture, pages)), describePopulation(emptyPopulation, subject))
    }),
  ),
  checkOf('secrets and destinations are marked', async ({ definition: { config } }) => {
    const secrets = markedFields(config, 'secret')
    for (const name of Object.keys(config.properties)) {
      const sounds = /password|secret|token$|privateKey|apiKey/i.test(name)
      ok(!sounds || secrets.includes(name), `${name} sounds like a secret and is not marked as one`)
    }
    equal((config as { additionalProperties?: unknown }).additionalProperties, false, 'unknown fields are refused')
  }),
]

/** Fails unless the last page is complete and no other. */
export function assertCompleteAtEnd(pages: readonly Page[]): void {
  const complete = pages.map((page) => page.complete !== undefined)
  deepEqual(complete, [...pages.slice(1).map(() => false), true], 'only the last page is complete')
}
