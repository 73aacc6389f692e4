import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { codeOf, errorDocument } from '../http/error-document.ts'
import { failureOfStatus } from '../http/source-answer.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'

const source = 'The sign-in of Microsoft Entra ID'

/**
 * What the numbers of the sign-in mean (https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes). They
 * stand in `error_codes`, and as `AADSTS…` in words that are not repeated: they name ids and addresses.
 */
const numbers: Readonly<Record<number, ConnectorFailure>> = {
  // The app: a wrong secret, one that has expired, a certificate that it has not, a disabled app, no secret at all.
  7000215: 'credentials',
  7000222: 'credentials',
  700027: 'credentials',
  7000112: 'credentials',
  7000218: 'credentials',
  7000216: 'credentials',
  50034: 'credentials',
  50012: 'credentials',
  // No such app in the tenant, no such tenant, no such Graph in the cloud.
  700016: 'configuration',
  90002: 'configuration',
  900023: 'configuration',
  500011: 'configuration',
  70011: 'configuration',
  // Conditional access, missing consent, a tenant that is blocked.
  53003: 'permission',
  65001: 'permission',
  // In trouble, or asked too often.
  90033: 'unavailable',
  90055: 'unavailable',
  50196: 'throttled',
}

/** What the words of OAuth mean where no number says more (RFC 6749 §5.2). */
const words: Readonly<Record<string, ConnectorFailure>> = {
  invalid_client: 'credentials',
  unauthorized_client: 'credentials',
  invalid_grant: 'credentials',
  invalid_request: 'configuration',
  invalid_scope: 'configuration',
  temporarily_unavailable: 'unavailable',
}

/** What an answer of the sign-in means that is no token. */
export function failureOfSignIn(answer: SourceAnswer): ConnectorError {
  const { error, number } = saidBy(answer)
  const said = number === undefined ? error : `AADSTS${number}`
  const { code, message, retryAfterMilliseconds } = failureOfStatus(source, answer, said)
  // Who is in trouble or asked too often says so by its status, whatever else it says.
  const meant = code === 'throttled' || code === 'unavailable' ? code : numbers[number ?? -1]
  return new ConnectorError(meant ?? words[error ?? ''] ?? code, message, { retryAfterMilliseconds })
}

function saidBy(answer: SourceAnswer): { error: string | undefined; number: number | undefined } {
  const { error, error_codes: codes } = errorDocument(answer)
  const [number]: unknown[] = Array.isArray(codes) ? codes : []
  return { error: codeOf(error, /^\w{1,64}$/), number: Number.isSafeInteger(number) ? Number(number) : undefined }
}
