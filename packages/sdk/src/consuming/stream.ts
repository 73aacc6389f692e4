import type { Api, Query } from '../api/api.ts'
import { toApiError } from '../api/api-error.ts'
import { linkAbort } from '../api/linked-abort.ts'
import type { MusterEvent } from '../generated/events.ts'
import type { Batch } from './batch.ts'
import { lineBatchesOf } from './lines.ts'
import { createMessageReader } from './server-sent-events.ts'

/** The server lets itself be heard every 15 s. */
const silenceMilliseconds = 45_000

/**
 * Events behind a number as they happen, as many at a time as arrive, until the server ends the stream.
 * @throws `MusterApiError`, 410 when they are not kept
 */
export async function* streamEvents(
  api: Api,
  { query, after, signal }: { query: Query; after: number; signal: AbortSignal },
): AsyncGenerator<Batch> {
  const silence = watchSilence(signal)
  try {
    const response = await api.open({
      path: '/api/events/stream',
      query: { ...query, after },
      accept: 'text/event-stream',
      headers: { 'last-event-id': String(after) },
      signal: silence.signal,
    })
    const read = createMessageReader()
    for await (const lines of lineBatchesOf(response.body)) {
      // While events are handled nobody listens.
      silence.ignore()
      const messages = read(lines)
      const events = messages.flatMap(({ event, data }): MusterEvent[] => {
        if (event === 'error') throw toApiError(502, data, 'GET /api/events/stream')
        return data === '' ? [] : [JSON.parse(data)]
      })
      const through = Number(messages.at(-1)?.id || events.at(-1)?.sequence)
      if (through > 0) yield { events, through }
      silence.listen()
    }
  } finally {
    silence.ignore()
    silence.release()
  }
}

/** A signal that aborts with another, and when nothing was heard for too long. */
function watchSilence(outer: AbortSignal) {
  const { signal, abort, release } = linkAbort(outer)
  let timer: ReturnType<typeof setTimeout> | undefined
  const ignore = () => clearTimeout(timer)
  const listen = () => {
    ignore()
    timer = setTimeout(() => abort(new Error('The stream of events fell silent')), silenceMilliseconds)
  }
  listen()
  return { signal, listen, ignore, release }
}
