import type { Checkpoint, Connector, ConnectorContext, Page } from '@muster/connectors'
import { ConnectorError } from '@muster/connectors'
import { errorOf, spoil } from './do-fault.ts'
import { beginDelta, beginSnapshot, type Position, readCheckpoint, writeCheckpoint } from './position.ts'
import { asPage, readAt } from './read-page.ts'
import { assertNotAborted, hang, takeEvents, waitAtGate, waitFor } from './script.ts'
import type { SourceStore } from './source-store.ts'

const shortWaitMilliseconds = 5

interface Reader {
  store: SourceStore
  password: string
  context: ConnectorContext
  closed: boolean
}

/** A connector that reads a scripted source, and suffers what its script says. */
export function scriptedConnector(store: SourceStore, password: string, context: ConnectorContext): Connector {
  const reader: Reader = { store, password, context, closed: false }
  store.note({ kind: 'opened', process: process.pid })
  const connector: Connector = {
    check: () => check(reader),
    snapshot: (resume) => snapshot(reader, resume),
    delta: (since) => delta(reader, since),
    close: async () => {
      if (!reader.closed) store.note({ kind: 'closed', process: process.pid })
      reader.closed = true
    },
  }
  if (store.read().settings.delta === 'none') delete connector.delta
  return connector
}

async function check(reader: Reader) {
  assertOpen(reader)
  for (const { does } of takeEvents(reader.store, 'check')) {
    if (typeof does === 'object') await waitAtGate(reader.store, does.pause, reader.context.signal)
    else await suffer(reader, does)
  }
  const warnings = reader.store.read().groups.length === 0 ? ['There are no groups.'] : []
  return { userCount: reader.store.read().users.filter((user) => user.userName !== undefined).length, warnings }
}

async function* snapshot(reader: Reader, resume: Checkpoint | undefined): AsyncIterable<Page> {
  assertOpen(reader)
  const state = reader.store.read()
  const place = resume === undefined ? beginSnapshot(state) : readCheckpoint(state, resume)
  if ('next' in place || place.round !== 'snapshot') {
    throw new ConnectorError('checkpointExpired', 'The checkpoint is not one of a snapshot.')
  }
  yield* readRound(reader, place)
}

async function* delta(reader: Reader, since: Checkpoint): AsyncIterable<Page> {
  assertOpen(reader)
  const state = reader.store.read()
  const place = readCheckpoint(state, since)
  const position = 'next' in place ? beginDelta(state, place.next) : place
  if (position.round !== 'delta') throw new ConnectorError('checkpointExpired', 'The checkpoint is not one of a delta.')
  yield* readRound(reader, position)
}

async function* readRound(reader: Reader, from: Position): AsyncIterable<Page> {
  let position: Position | undefined = from
  while (position !== undefined) {
    assertOpen(reader)
    const events = takeEvents(reader.store, position)
    const empty: Page = { upsert: [], remove: [], checkpoint: writeCheckpoint(position) }
    for (const { does } of events) {
      if (typeof does === 'object') await waitAtGate(reader.store, does.pause, reader.context.signal)
      else await suffer(reader, does)
      if (does === 'emptyPage' || does === 'emptyEnd') yield served(reader, empty)
      if (does === 'earlyEnd' || does === 'emptyEnd') return
    }
    const state = reader.store.read()
    const reading = readAt(state, position)
    for (const { does } of events) if (typeof does === 'string') spoil[does]?.(reading, state, position)
    yield served(reader, asPage(state, position, reading))
    position = reading.next
  }
}

/** Throws, or waits, when a fault does so. */
async function suffer({ context }: Reader, does: Parameters<typeof errorOf>[0]): Promise<void> {
  const error = errorOf(does)
  if (error !== undefined) throw error
  if (does === 'hang') await hang(context.signal)
  if (does === 'shortWait') {
    context.onThrottled(shortWaitMilliseconds)
    await waitFor(shortWaitMilliseconds, context.signal)
  }
}

function served({ store }: Reader, page: Page): Page {
  store.note({ kind: 'page', process: process.pid })
  return page
}

function assertOpen({ store, password, context, closed }: Reader): void {
  assertNotAborted(context.signal)
  if (closed) throw new ConnectorError('interrupted', 'The connector is closed.')
  if (password !== store.read().settings.password) {
    throw new ConnectorError('credentials', 'The source refuses the password of the account.')
  }
}
