import { signMessage } from '@muster/events'
import { errorText } from '../error-text.ts'
import type { StreamedEvent } from './event-messages.ts'

/** As long as Muster waits for an endpoint. */
const timeoutMilliseconds = 15_000

/** Posts an event as a webhook would be, once; answers in a line with what came of it. */
export async function forwardEvent(
  url: string,
  secret: string,
  { sequence, type, text }: StreamedEvent,
): Promise<string> {
  const { id } = JSON.parse(text) as { id: string }
  const startedAt = performance.now()
  const outcome = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signMessage({ id, timestamp: new Date(), body: text }, [secret]),
    },
    body: text,
    signal: AbortSignal.timeout(timeoutMilliseconds),
  }).then(
    async (answer) => {
      await answer.body?.cancel()
      return String(answer.status)
    },
    (error: unknown) => `failed: ${errorText((error as Error).cause ?? error)}`,
  )
  return `${sequence}  ${type}  ${outcome}  ${Math.round(performance.now() - startedAt)} ms`
}
