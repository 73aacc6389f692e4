import { setTimeout as delay } from 'node:timers/promises'
import type { Connector } from '../connector.ts'
import type { Checkpoint, Page } from '../page.ts'
import type { ConnectorSubject, PreparedSource, SubjectConfig } from './connector-subject.ts'
import type { Population } from './population.ts'
import { recordingLogger } from './recording-logger.ts'

/** Waits are made short here, and told in full. */
const waitMillisecondsMax = 1

/** An open connector, with what it has told of itself. */
export interface OpenConnector {
  connector: Connector
  lines: string[]
  /** Milliseconds that the source made it wait. */
  waits: number[]
  abort(): void
}

/** How a round came to its end. */
export interface RoundEnd {
  pages: Page[]
  error?: unknown
}

/** What a check does with its source. */
export interface Bench {
  subject: ConnectorSubject
  source: PreparedSource
  /** Opens a connector over the source, as a process does that knows nothing of others. */
  open(config?: SubjectConfig): Promise<OpenConnector>
}

/** Prepares a source, lets the check work with it, and puts everything away. */
export async function withSource<Result>(
  subject: ConnectorSubject,
  population: Population,
  work: (bench: Bench) => Promise<Result>,
): Promise<Result> {
  const source = await subject.prepare(population)
  const opened: OpenConnector[] = []
  const open = async (config = source.config) => {
    const lines: string[] = []
    const waits: number[] = []
    const abort = new AbortController()
    const connector = await subject.definition.open(config as never, {
      outbound: source.outbound,
      signal: abort.signal,
      logger: recordingLogger(lines),
      onThrottled: (milliseconds) => void waits.push(milliseconds),
      wait: (milliseconds, signal) => delay(Math.min(milliseconds, waitMillisecondsMax), undefined, { signal }),
    })
    const one = { connector, lines, waits, abort: () => abort.abort() }
    opened.push(one)
    return one
  }
  try {
    return await work({ subject, source, open })
  } finally {
    for (const { connector } of opened) await connector.close()
    await source.close()
  }
}

/** Reads a round to its end, whatever that is. */
export async function drain(
  round: AsyncIterable<Page>,
  onPage?: (page: Page) => Promise<void> | void,
): Promise<RoundEnd> {
  const pages: Page[] = []
  try {
    for await (const page of round) {
      pages.push(page)
      await onPage?.(page)
    }
    return { pages }
  } catch (error) {
    return { pages, error }
  }
}

/** The pages of a round that must come to its end. @throws the error that ended it */
export async function drained(
  round: AsyncIterable<Page>,
  onPage?: (page: Page) => Promise<void> | void,
): Promise<Page[]> {
  const { pages, error } = await drain(round, onPage)
  if (error !== undefined) throw error
  return pages
}

/** The delta of a connector that has one. */
export function deltaOf({ connector }: OpenConnector, since: Checkpoint): AsyncIterable<Page> {
  if (connector.delta === undefined) throw new Error('the connector has no delta')
  return connector.delta(since)
}

/** The checkpoint of the last page. */
export function lastCheckpoint(pages: readonly Page[]): Checkpoint {
  const last = pages.at(-1)
  if (last === undefined) throw new Error('there are no pages')
  return last.checkpoint
}
