import { MusterError } from '@muster/runtime/errors'
import type { Outbound } from '@muster/runtime/outbound/outbound'
import { OutboundError } from '@muster/runtime/outbound/outbound-error'
import { signMessage } from '../signing/sign.ts'

/** Of an answer: 500 users, changed, and with some metadata each. */
const answerBytesMax = 8 * 1_024 * 1_024

interface HookCall {
  url: string
  /** The newest first; each signs. */
  secrets: readonly string[]
  timeoutMilliseconds: number
}

/** How a call ended: with a status of 2xx and the body of the answer, or with the name of what went wrong. */
export type HookAnswer = { status: number; body: string } | { status: number | null; error: string }

/** Calls a hook with a message, signed after Standard Webhooks under the message's own id and time. Throws nothing of the other side's. */
export async function callHook(
  outbound: Outbound,
  { url, secrets, timeoutMilliseconds }: HookCall,
  message: { id: string; timestamp: Date },
): Promise<HookAnswer> {
  const body = JSON.stringify(message)
  const signature = signMessage({ id: message.id, timestamp: message.timestamp, body }, secrets)
  try {
    const headers = { 'content-type': 'application/json', ...signature }
    const answer = await outbound.post(url, { headers, body, timeoutMilliseconds, responseBytesMax: answerBytesMax })
    const { status } = answer
    return status >= 200 && status < 300 ? { status, body: answer.body } : { status, error: `status${status}` }
  } catch (error) {
    if (error instanceof OutboundError) return { status: error.status ?? null, error: error.code }
    // What may be called is a setting, and may have changed since the hook was made.
    if (error instanceof MusterError) return { status: null, error: 'addressRefused' }
    throw error
  }
}
