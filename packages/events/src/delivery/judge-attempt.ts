import type { OutboundCode } from '@muster/runtime/outbound/outbound-error'
import { retryAfterSeconds } from './retry-after.ts'

/**
 * Why an attempt failed: the answer was no 2xx (`status`), a redirect, which is never followed, or 410 (`gone`); there was
 * none (see OutboundCode); or the event is no longer kept (`eventGone`).
 */
export type AttemptError = OutboundCode | 'status' | 'redirect' | 'gone' | 'eventGone'

/** What came of one attempt to deliver. Nothing of the answer's body is in it. */
export interface AttemptOutcome {
  /** `gone`: the receiver wants nothing any more. `failed`: it is tried again. */
  kind: 'delivered' | 'failed' | 'gone'
  status: number | null
  error: AttemptError | null
  /** For how long the receiver wants to be left alone; 0 when it did not say. */
  retryAfterSeconds: number
}

interface Answer {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
}

/** 2xx is success, 410 the end, everything else a failure (Standard Webhooks, "Response codes"). */
export function judgeAnswer({ status, headers }: Answer, now: Date): AttemptOutcome {
  if (isSuccess(status)) return { kind: 'delivered', status, error: null, retryAfterSeconds: 0 }
  if (status === 410) return { kind: 'gone', status, error: 'gone', retryAfterSeconds: 0 }
  const error = status >= 300 && status < 400 ? 'redirect' : 'status'
  const mayAskForRest = status === 429 || status === 503
  return {
    kind: 'failed',
    status,
    error,
    retryAfterSeconds: mayAskForRest ? retryAfterSeconds(headers['retry-after'], now) : 0,
  }
}

/** Without a complete answer; `status` is null when not even that came. A success that says more than is read is one. */
export function judgeFailure(code: OutboundCode, status: number | null): AttemptOutcome {
  const isDelivered = code === 'responseTooLarge' && status !== null && isSuccess(status)
  return isDelivered
    ? { kind: 'delivered', status, error: null, retryAfterSeconds: 0 }
    : { kind: 'failed', status, error: code, retryAfterSeconds: 0 }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
