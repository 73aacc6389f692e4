import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { failureOfStatus } from '../http/source-answer.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'

/**
 * What codes of Graph mean that their status does not say (https://learn.microsoft.com/en-us/graph/errors), in small letters:
 * services write them differently.
 */
const codes: Readonly<Record<string, ConnectorFailure>> = {
  resyncrequired: 'checkpointExpired',
  syncstatenotfound: 'checkpointExpired',
  syncstateinvalid: 'checkpointExpired',
  directory_expiredpagetoken: 'checkpointExpired',
  invalidauthenticationtoken: 'credentials',
  authorization_identitynotfound: 'credentials',
  authorization_identitydisabled: 'credentials',
  authorization_requestdenied: 'permission',
  directory_resultsizelimitexceeded: 'incomplete',
  // The address that notifications are to go to does not answer, or not to Graph.
  validationerror: 'configuration',
}

/** Gone: the position. Too much bandwidth: throttled by another name. */
const statuses: Readonly<Record<number, ConnectorFailure>> = { 410: 'checkpointExpired', 509: 'throttled' }

/** What an answer of Graph means that is no success. Its words are not repeated: they may name people. */
export function failureOfGraph(answer: SourceAnswer): ConnectorError {
  const said = codeOf(answer.body)
  const { code, message, retryAfterMilliseconds } = failureOfStatus('Microsoft Graph', answer, said)
  const meant = statuses[answer.status] ?? (answer.status < 500 ? codes[said?.toLowerCase() ?? ''] : undefined)
  return new ConnectorError(meant ?? code, message, { retryAfterMilliseconds })
}

function codeOf(body: string): string | undefined {
  try {
    const code: unknown = JSON.parse(body)?.error?.code
    return typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : undefined
  } catch {
    return undefined
  }
}
