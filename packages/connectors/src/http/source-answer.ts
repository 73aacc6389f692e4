import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { retryAfterMilliseconds } from './retry-after.ts'
import type { SourceAnswer } from './source-fetch.ts'

const failures: Readonly<Record<number, ConnectorFailure>> = {
  401: 'credentials',
  403: 'permission',
  408: 'unavailable',
  429: 'throttled',
}

/**
 * What an answer means that is no success, where a source does not say more: 401 credentials, 403 permission, 429 throttled, 5xx
 * unavailable, all else is not as documented. `said` is an error code of the source, never its words.
 */
export function failureOfStatus(source: string, answer: SourceAnswer, said?: string): ConnectorError {
  const { status } = answer
  const code = failures[status] ?? (status >= 500 ? 'unavailable' : 'protocol')
  const words = `${source} answered ${status}${said === undefined ? '' : ` (${said})`}.`
  return new ConnectorError(code, words, { retryAfterMilliseconds: retryAfterMilliseconds(answer.headers) })
}

/** The JSON of an answer. @throws ConnectorError `protocol` for what is none */
export function jsonOf(source: string, { body }: Pick<SourceAnswer, 'body'>): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The parser's words repeat what was read.
    throw new ConnectorError('protocol', `${source} answered with what is no JSON.`)
  }
}
