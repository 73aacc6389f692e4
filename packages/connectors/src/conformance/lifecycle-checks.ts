import { equal, ok } from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { type ConnectorCheck, checkOf } from './connector-check.ts'
import { samplePopulation } from './population.ts'
import { drain, type RoundEnd, withSource } from './reading.ts'

/** An end may take this long, which is long: it fails nothing on a starved machine. */
const endMillisecondsMax = 15_000

/** How connectors end. */
export const lifecycleChecks: readonly ConnectorCheck[] = [
  checkOf('an abort ends a round', (subject) =>
    withSource(subject, samplePopulation(), async ({ open }) => {
      const opened = await open()
      let read = 0
      const round = drain(opened.connector.snapshot(), () => {
        read += 1
        if (read === 1) opened.abort()
      })
      assertGivenUp(await soon(round))
    }),
  ),
  checkOf('a connector that was aborted reads nothing', (subject) =>
    withSource(subject, samplePopulation(), async ({ open }) => {
      const opened = await open()
      opened.abort()
      const end = await soon(drain(opened.connector.snapshot()))
      assertGivenUp(end)
      equal(end.pages.length, 0)
    }),
  ),
  {
    name: 'an abort ends a round that waits for the source',
    lackOf: ({ faults: { hang } }) => (typeof hang === 'object' && 'lacks' in hang ? hang.lacks : undefined),
    run: (subject) =>
      withSource(subject, samplePopulation(), async ({ open, source }) => {
        for (let place = 1; place <= source.faultPlaces; place += 1) {
          const { struck } = await source.inject('hang', place)
          const opened = await open()
          const round = drain(opened.connector.snapshot())
          await struck()
          opened.abort()
          assertGivenUp(await soon(round))
          await source.heal()
        }
      }),
  },
  checkOf('close ends all connections, and twice is once', (subject) =>
    withSource(subject, samplePopulation(), async ({ open, source }) => {
      const { connector } = await open()
      await connector.check()
      for await (const _ of connector.snapshot()) break
      await connector.close()
      await connector.close()
      const unread = await open()
      await unread.connector.close()
      const deadline = Date.now() + endMillisecondsMax
      while (source.connectionsOpen() > 0 && Date.now() < deadline) await wait(10)
      equal(source.connectionsOpen(), 0)
    }),
  ),
]

function assertGivenUp({ pages, error }: RoundEnd): void {
  ok(
    pages.every((page) => page.complete === undefined),
    'a round that was given up is never complete',
  )
  ok(error !== undefined, 'a round that was given up ends by an error')
}

async function soon(end: Promise<RoundEnd>): Promise<RoundEnd> {
  const giveUp = new AbortController()
  const late = wait(endMillisecondsMax, undefined, { signal: giveUp.signal, ref: true }).then(() => undefined)
  late.catch(() => undefined)
  try {
    const first = await Promise.race([end, late])
    ok(first !== undefined, `an aborted round must end within ${endMillisecondsMax} ms`)
    return first
  } finally {
    giveUp.abort()
  }
}
