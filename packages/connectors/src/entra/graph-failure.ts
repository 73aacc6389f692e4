import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { codeOf, errorDocument, objectOf } from '../http/error-document.ts'
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

/** Said of objects; of subscriptions the second. */
const gone: ReadonlySet<string> = new Set(['request_resourcenotfound', 'resourcenotfound'])

/** Gone: the position. Too much bandwidth: throttled by another name. */
const statuses: Readonly<Record<number, ConnectorFailure>> = { 410: 'checkpointExpired', 509: 'throttled' }

/** Answers to a place in a list that Graph does not take any more, with codes that say nothing of it. */
const refusals: ReadonlySet<number> = new Set([400, 404])
/** How links name a place, in small letters. */
const places: ReadonlySet<string> = new Set(['$deltatoken', '$skiptoken'])

/** What an answer of Graph to a URL means that is no success. Its words are not repeated: they may name people. */
export function failureOfGraph(answer: SourceAnswer, url: string): ConnectorError {
  const said = codeIn(answer)
  const { code, message, retryAfterMilliseconds } = failureOfStatus('Microsoft Graph', answer, said)
  const meant = statuses[answer.status] ?? (answer.status < 500 ? codes[said?.toLowerCase() ?? ''] : undefined)
  const isForgotten = refusals.has(answer.status) && isPlace(url) && !isGone(answer)
  return new ConnectorError(meant ?? (isForgotten ? 'checkpointExpired' : code), message, { retryAfterMilliseconds })
}

/** Whether Graph says that an object is not there (any more). A 404 alone may be of anything between us and Graph. */
export function isGone(answer: Pick<SourceAnswer, 'status' | 'body'>): boolean {
  return answer.status === 404 && gone.has(codeIn(answer)?.toLowerCase() ?? '')
}

/** A place that was given out: whoever asks for the latest names none. */
function isPlace(url: string): boolean {
  const query = [...(URL.parse(url)?.searchParams ?? [])]
  return query.some(([name, value]) => places.has(name.toLowerCase()) && value !== 'latest')
}

function codeIn(answer: Pick<SourceAnswer, 'body'>): string | undefined {
  return codeOf(objectOf(errorDocument(answer).error).code, /^[\w.-]{1,64}$/)
}
