import { type Checkpoint, type Connector, ConnectorError, type Page } from '@muster/connectors'
import { type ClaimedRun, type Database, restartReading, stagePage } from '@muster/repository'
import { nextPage } from './next-page.ts'
import { type OpenConnector, withSource } from './open-source.ts'
import { PageGuard } from './page-guard.ts'
import type { ReadingLimits } from './reading-limits.ts'
import { toStagedPage } from './staged-page.ts'

export interface Reading {
  database: Database
  claimed: ClaimedRun
  open: OpenConnector
  limits: ReadingLimits
  /** Ends it at once. */
  signal: AbortSignal
}

/** Where a round begins or goes on. */
interface Round {
  scan: 'full' | 'delta'
  checkpoint: string | null
  pages: number
  rows: number
}

const anew: Round = { scan: 'full', checkpoint: null, pages: 0, rows: 0 }

/**
 * Reads the source of a run to its end and puts every page on the stage; yields behind each. While one is put there the next is read,
 * never more. When the source has forgotten the checkpoint, or cannot tell what has changed, everything is read.
 * @throws ConnectorError when it cannot be read whole
 * @throws LeaseLost
 */
export async function* readSource(reading: Reading): AsyncGenerator<void> {
  const { run, since } = reading.claimed
  // All of it is there: whoever had the run before came no further.
  if (run.complete !== null) return
  const throttled = new Throttled()
  const context = { signal: reading.signal, onThrottled: (milliseconds: number) => throttled.add(milliseconds) }
  yield* withSource(reading.open, context, async function* (connector) {
    const rows = run.read.users + run.read.groups + run.read.memberships
    const checkpoint = run.checkpoint ?? (run.scan === 'delta' ? since : null)
    const round: Round = { scan: run.scan, checkpoint, pages: run.pages, rows }
    const canDelta = connector.delta !== undefined && checkpoint !== null
    if (round.scan === 'full' || canDelta) {
      try {
        return yield* readRound(reading, connector, round, throttled)
      } catch (error) {
        if (!(error instanceof ConnectorError && error.code === 'checkpointExpired')) throw error
      }
    }
    await restartReading(reading.database, reading.claimed.lease, 'full')
    yield* readRound(reading, connector, anew, throttled)
  })
}

async function* readRound(
  { database, claimed, limits, signal }: Reading,
  connector: Connector,
  round: Round,
  throttled: Throttled,
): AsyncGenerator<void> {
  const pages = pagesOf(connector, round)[Symbol.asyncIterator]()
  const guard = new PageGuard({ ...round, resume: round.checkpoint, limits })
  const deadline = performance.now() + limits.readMilliseconds
  const next = async (): Promise<Page | undefined> => {
    const milliseconds = Math.min(limits.pageMilliseconds, deadline - performance.now())
    const page = await nextPage(pages, { signal, milliseconds })
    if (page !== undefined) guard.see(page)
    return page
  }
  let staging = Promise.resolve()
  const stage = (page: Page) => {
    staging = stagePage(database, claimed.lease, toStagedPage(page, { throttledMilliseconds: throttled.take() }))
    // Seen by whoever awaits it; nobody does when the source fails first.
    staging.catch(() => undefined)
  }
  try {
    let page = await next()
    while (page !== undefined && page.complete === undefined) {
      stage(page)
      page = await next()
      await staging
      yield
    }
    if (page === undefined) throw new ConnectorError('incomplete', 'The pages ended before the source said so.')
    // Only the last page may say that it is: nothing is concluded from one with others behind it.
    if ((await next()) !== undefined) throw new ConnectorError('protocol', 'Pages came behind the last one.')
    stage(page)
    await staging
    yield
  } finally {
    await staging.catch(() => undefined)
  }
}

function pagesOf(connector: Connector, { scan, checkpoint }: Round): AsyncIterable<Page> {
  const from = (checkpoint ?? undefined) as Checkpoint | undefined
  if (scan === 'full') return connector.snapshot(from)
  if (connector.delta === undefined || from === undefined) throw new TypeError('Changes are read from a checkpoint on')
  return connector.delta(from)
}

/** How long the source made us wait since the last page. */
class Throttled {
  #milliseconds = 0

  add(milliseconds: number): void {
    this.#milliseconds += Math.max(0, Math.round(milliseconds))
  }

  take(): number {
    const sum = this.#milliseconds
    this.#milliseconds = 0
    return sum
  }
}
