import type { ConnectorFailure } from '../connector-error.ts'
import { codeOf, errorDocument } from '../http/error-document.ts'
import { failureOfStatus } from '../http/source-answer.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'
import { GoogleError, googleCode } from './google-error.ts'

/** Clocks that are closer are not at fault. */
const skewMillisecondsMin = 60_000

interface Refusal {
  code: ConnectorFailure
  /** What it is about, in place of Google's words: those may name people. */
  means: string
}

/** Refusals of the token endpoint (RFC 6749 §5.2, developers.google.com/identity/protocols/oauth2/service-account#jwt_error_codes). */
const refusals: Readonly<Record<string, Refusal>> = {
  invalid_grant: {
    code: 'credentials',
    means: 'the key was taken away, the administrator is not known or suspended, or the clock here is wrong',
  },
  invalid_client: { code: 'credentials', means: 'the service account is not known' },
  deleted_client: { code: 'credentials', means: 'the service account was deleted' },
  disabled_client: { code: 'credentials', means: 'the service account is disabled' },
  unauthorized_client: {
    code: 'permission',
    means: 'domain-wide delegation is missing for the service account, or for one of the scopes',
  },
  access_denied: { code: 'permission', means: 'domain-wide delegation is missing for one of the scopes' },
  admin_policy_enforced: { code: 'permission', means: 'a policy of the account forbids one of the scopes' },
  invalid_scope: { code: 'permission', means: 'one of the scopes is not allowed' },
  invalid_request: { code: 'configuration', means: 'the service account or the administrator is no address' },
}

/** What an answer of the token endpoint means that is no token. */
export function tokenFailure(answer: SourceAnswer): GoogleError {
  const said = codeOf(errorDocument(answer).error, googleCode)
  const refusal = said === undefined ? undefined : refusals[said]
  if (refusal === undefined) {
    const { code, message, retryAfterMilliseconds } = failureOfStatus('The token endpoint of Google', answer, said)
    return new GoogleError(code, message, answer.status, retryAfterMilliseconds)
  }
  const words = `Google issues no token (${said}): ${refusal.means}.${clockWords(answer)}`
  return new GoogleError(refusal.code, words, answer.status)
}

/** A signed request says when it was made: one from a wrong clock is refused. */
function clockWords({ headers }: SourceAnswer): string {
  const skew = Date.now() - Date.parse(headers.date ?? '')
  if (!(Math.abs(skew) >= skewMillisecondsMin)) return ''
  const minutes = Math.round(Math.abs(skew) / 60_000)
  return ` The clock here is ${minutes} min ${skew > 0 ? 'ahead of' : 'behind'} Google's.`
}
