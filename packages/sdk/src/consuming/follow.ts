import type { Api, Query } from '../api/api.ts'
import { MusterApiError } from '../api/api-error.ts'
import type { Page } from '../api/listing.ts'
import type { MusterEvent } from '../generated/events.ts'
import type { Batch } from './batch.ts'
import type { Bell } from './bell.ts'
import { streamEvents } from './stream.ts'

export interface Following {
  api: Api
  /** Which events. */
  query: Query
  live: 'poll' | 'stream'
  pollMilliseconds: number
  bell: Bell
  signal: AbortSignal
  report: (error: unknown) => void
}

const pageEvents = 100
/** After a stream failed it is polled for so long. */
const streamRestMilliseconds = 30_000

type EventPage = Page<MusterEvent> & { lastSequence: number }

/** Batches of events behind a number, in order, without end. @throws `MusterApiError`, 410 when they are not kept */
export async function* followLog(following: Following, after: number): AsyncGenerator<Batch> {
  const { api, query, signal, bell, live, pollMilliseconds } = following
  let streamAgainAt = live === 'stream' ? 0 : Number.POSITIVE_INFINITY
  for (let last = after; !signal.aborted; ) {
    const asked = { path: '/api/events', query: { ...query, after: last, limit: pageEvents }, signal }
    const { data, nextCursor, lastSequence } = await api.send<EventPage>(asked)
    const through = nextCursor === null ? Math.max(last, lastSequence) : Number(nextCursor)
    if (through > last) yield { events: data, through }
    last = through
    if (nextCursor !== null) continue
    if (Date.now() < streamAgainAt) {
      await bell.wait(pollMilliseconds, signal)
      continue
    }
    try {
      for await (const batch of streamEvents(api, { query, after: last, signal })) {
        if (batch.through > last) yield batch
        last = Math.max(last, batch.through)
      }
      // It has ended, as it does when the server is stopped: not a reason to knock at once.
      await bell.wait(pollMilliseconds, signal)
    } catch (error) {
      if (signal.aborted) return
      if (isFinal(error)) throw error
      following.report(error)
      streamAgainAt = Date.now() + streamRestMilliseconds
    }
  }
}

/** Statuses that are the same the next time: the key, the address or the question is wrong. */
const finalStatuses: readonly number[] = [400, 401, 403, 404]

/** Whether asking again is of no use. */
export function isFatal(error: unknown): boolean {
  return error instanceof MusterApiError && finalStatuses.includes(error.status)
}

export function isExpired(error: unknown): boolean {
  return error instanceof MusterApiError && error.status === 410
}

/** A server without streams is polled. */
function isFinal(error: unknown): boolean {
  return isExpired(error) || (isFatal(error) && Object(error).status !== 404)
}
