import { MusterError } from '@muster/runtime/errors'
import type { Outbound } from '@muster/runtime/outbound/outbound'
import { OutboundError } from '@muster/runtime/outbound/outbound-error'
import type { Cause } from '../event-schema.ts'
import { signMessage } from '../signing/sign.ts'
import { type AttemptOutcome, judgeAnswer, judgeFailure } from './judge-attempt.ts'

/** Within these an endpoint has to answer. */
const timeoutMilliseconds = 15_000

interface Receiver {
  url: string
  /** The newest first; each signs. */
  secrets: readonly string[]
}

/** What is told to an endpoint: an event, or something in the shape of one. */
interface WebhookMessage {
  id: string
  type: string
  timestamp: Date
  organizationId: string
  directoryId: string | null
  sequence: number
  cause: Cause
  data: Record<string, unknown>
}

/** One attempt to deliver. */
interface SentWebhook {
  startedAt: Date
  durationMilliseconds: number
  outcome: AttemptOutcome
}

/**
 * Sends a message to a webhook endpoint once, as JSON, signed after Standard Webhooks: its `id` is the `webhook-id`. Never
 * throws for what the endpoint does.
 */
export async function sendWebhook(
  outbound: Outbound,
  { url, secrets }: Receiver,
  message: WebhookMessage,
): Promise<SentWebhook> {
  const startedAt = new Date()
  const begun = performance.now()
  const body = JSON.stringify(message)
  const signature = signMessage({ id: message.id, timestamp: startedAt, body }, secrets)
  const headers = { 'content-type': 'application/json', ...signature }
  const outcome = await outbound
    .post(url, { headers, body, timeoutMilliseconds })
    .then((answer) => judgeAnswer(answer, new Date()), judgeError)
  return { startedAt, durationMilliseconds: Math.round(performance.now() - begun), outcome }
}

function judgeError(error: unknown): AttemptOutcome {
  if (error instanceof OutboundError) return judgeFailure(error.code, error.status ?? null)
  // The operator no longer allows what was allowed when the endpoint was made.
  if (error instanceof MusterError) return judgeFailure('addressRefused', null)
  throw error
}
