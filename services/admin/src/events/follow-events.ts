import { type Database, type EventView, type OrganizationScope, read, readLog } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { toMusterError } from '@muster/runtime/http/errors'
import { problemDetails } from '@muster/runtime/problem-details'
import type { Produce, Write } from './answer-streams.ts'
import type { EventFilter } from './filters.ts'
import { representEvent } from './representation.ts'
import type { WatchedSequence } from './sequence-watch.ts'

export interface Following {
  database: Database
  scope: OrganizationScope
  filter: EventFilter
  after: number
  watched: WatchedSequence
  /** Whether who asked may still. */
  isStillAdmitted(): Promise<boolean>
}

const pageRows = 100
const heartbeatMilliseconds = 15_000
const admissionMilliseconds = 60_000
/** What an EventSource is told to wait for before it comes again. */
const retryMilliseconds = 1_000

/**
 * Writes the events behind a sequence number as server-sent events (WHATWG HTML §9.2), then each as it comes, for as long as
 * there is somebody to write to. When it cannot go on, an event `error` with the problem is the last.
 */
export function followEvents(following: Following): Produce {
  return async (write, ended) => {
    await write(`retry: ${retryMilliseconds}\n\n`)
    try {
      await follow(following, write, ended)
    } catch (error) {
      if (ended.aborted) return
      await write(message({ event: 'error', data: problemDetails(toMusterError(error)) }))
    }
  }
}

async function follow(following: Following, write: Write, ended: AbortSignal): Promise<void> {
  const { database, scope, filter, watched, isStillAdmitted } = following
  let { after } = following
  let [writtenAt, admittedAt] = [performance.now(), performance.now()]
  while (!ended.aborted) {
    const { last = after } = watched
    const page = { after, limit: pageRows }
    const events = await read(database, scope, (reader) => readLog(reader, filter, page))
    const now = performance.now()
    if (events.length > 0 || now - writtenAt >= heartbeatMilliseconds) {
      await write(events.length > 0 ? events.map(eventMessage).join('') : heartbeat(after))
      writtenAt = now
    }
    const seen = events.at(-1)?.sequence ?? after
    // Whatever the filter hides up to the last look has been passed over.
    after = events.length === pageRows ? seen : Math.max(seen, last)
    if (now - admittedAt >= admissionMilliseconds) {
      if (!(await isStillAdmitted())) throw new MusterError('unauthenticated', 'The API key is not valid any more.')
      admittedAt = now
    }
    const pause = Math.max(1, writtenAt + heartbeatMilliseconds - now)
    if (events.length < pageRows) await watched.beyond(after, pause, ended)
  }
}

/** A comment; and the number up to which there was nothing for the client, which comes again with it (no event: no data). */
function heartbeat(after: number): string {
  return `:\nid: ${after}\n\n`
}

function eventMessage(event: EventView): string {
  return message({ id: event.sequence, event: event.type, data: representEvent(event) })
}

/** JSON has no line breaks of its own. */
function message({ id, event, data }: { id?: number; event: string; data: unknown }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
