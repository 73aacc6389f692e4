import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { codeOf, errorDocument } from '../http/error-document.ts'
import { failureOfStatus } from '../http/source-answer.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'
import { untilReset } from './rate-limit.ts'

const source = 'Okta'

/** Okta's codes that say more than their status (developer.okta.com/docs/reference/error-codes). */
const failures: Readonly<Record<string, ConnectorFailure>> = {
  /** The session, which a token is, is not valid, with 403. */
  E0000005: 'credentials',
  E0000006: 'permission',
  E0000011: 'credentials',
  E0000047: 'throttled',
}

/** What the token endpoint says (RFC 6749 §5.2, RFC 9449 §5; developer.okta.com/docs/reference/api/oidc). */
const tokenFailures: Readonly<Record<string, ConnectorFailure>> = {
  invalid_client: 'credentials',
  unauthorized_client: 'credentials',
  invalid_grant: 'credentials',
  invalid_scope: 'permission',
  consent_required: 'permission',
  access_denied: 'permission',
  invalid_dpop_proof: 'configuration',
}

const redirects: readonly number[] = [301, 302, 303, 307, 308]

/** Said of what was there a moment ago. */
export class OktaNotFound extends ConnectorError {}

/** What an answer means that is no success. Of its body only the code is used: the rest may name people. */
export function failureOfAnswer(answer: SourceAnswer, url: string): ConnectorError {
  const { status } = answer
  const said = codeOf(errorDocument(answer).errorCode, /^E\d{7}$/)
  const plain = failureOfStatus(source, answer, said)
  if (said === 'E0000007') return new OktaNotFound('configuration', plain.message)
  if (status === 404)
    return new ConnectorError('configuration', `${plain.message} Is this the domain of an organization?`)
  if (redirects.includes(status)) {
    return new ConnectorError(
      'configuration',
      `${plain.message} The organization has another domain, which is not followed.`,
    )
  }
  // A place in a list is not good for ever.
  if (status === 400 && URL.parse(url)?.searchParams.has('after')) {
    return new ConnectorError('checkpointExpired', plain.message)
  }
  const code = (said !== undefined && failures[said]) || plain.code
  const asked = plain.retryAfterMilliseconds ?? (code === 'throttled' ? untilReset(answer) : undefined)
  return new ConnectorError(code, plain.message, { retryAfterMilliseconds: asked })
}

/** The same of the token endpoint. */
export function failureOfToken(answer: SourceAnswer): ConnectorError {
  const said = tokenErrorOf(answer)
  const plain = failureOfStatus(`${source}'s token endpoint`, answer, said)
  const code = (said !== undefined && tokenFailures[said]) || plain.code
  const asked = plain.retryAfterMilliseconds ?? (code === 'throttled' ? untilReset(answer) : undefined)
  return new ConnectorError(code, plain.message, { retryAfterMilliseconds: asked })
}

export function tokenErrorOf(answer: SourceAnswer): string | undefined {
  return codeOf(errorDocument(answer).error, /^[a-z_]{1,40}$/)
}
