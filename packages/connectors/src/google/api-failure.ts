import type { ConnectorFailure } from '../connector-error.ts'
import { codeOf, errorDocument, objectOf } from '../http/error-document.ts'
import { failureOfStatus } from '../http/source-answer.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'
import { GoogleError, googleCode } from './google-error.ts'

/**
 * What refusals mean by their reason (developers.google.com/workspace/admin/directory/v1/limits and
 * developers.google.com/workspace/admin/directory/v1/guides/troubleshoot-error-codes). A quota shows as 403 or 429.
 */
const reasons: Readonly<Record<string, ConnectorFailure>> = {
  rateLimitExceeded: 'throttled',
  userRateLimitExceeded: 'throttled',
  quotaExceeded: 'throttled',
  dailyLimitExceeded: 'throttled',
  RESOURCE_EXHAUSTED: 'throttled',
  authError: 'credentials',
  UNAUTHENTICATED: 'credentials',
  forbidden: 'permission',
  insufficientPermissions: 'permission',
  accessNotConfigured: 'permission',
  backendError: 'unavailable',
  conditionNotMet: 'unavailable',
}

/** Where there is no known reason. What is asked for comes from the configuration: a domain, a customer, an organizational unit. */
const statuses: Readonly<Record<number, ConnectorFailure>> = {
  400: 'configuration',
  404: 'configuration',
  412: 'unavailable',
}

/** A quota of the day ends the round, which goes on so much later. */
const dailyQuotaMilliseconds = 3_600_000

/** What an answer of the API means that is no success. `hasPageToken`: whether it was asked for a next page. */
export function apiFailure(answer: SourceAnswer, hasPageToken: boolean): GoogleError {
  const { status } = answer
  const reason = reasonOf(answer)
  const general = failureOfStatus('Google', answer, reason)
  // All else that was asked has been answered before, with the page that the token came from.
  if (status === 400 && hasPageToken) {
    return new GoogleError('checkpointExpired', 'Google does not know its page token any more.', status)
  }
  const code = (reason === undefined ? undefined : reasons[reason]) ?? statuses[status] ?? general.code
  const retryAfter = reason === 'dailyLimitExceeded' ? dailyQuotaMilliseconds : general.retryAfterMilliseconds
  return new GoogleError(code, general.message, status, retryAfter)
}

/** `error.errors[0].reason`, or `error.status` in the newer manner (google.aip.dev/193). */
function reasonOf(answer: SourceAnswer): string | undefined {
  const { errors, status } = objectOf(errorDocument(answer).error)
  const [first]: unknown[] = Array.isArray(errors) ? errors : []
  return codeOf(objectOf(first).reason, googleCode) ?? codeOf(status, googleCode)
}
