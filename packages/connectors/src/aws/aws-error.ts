import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'
import { failureOfStatus } from '../http/source-answer.ts'
import type { SourceAnswer } from '../http/source-fetch.ts'

/**
 * Codes of errors, whatever status they come with: those of the Identity Store's model, and those that all services of AWS have
 * in common ("Common error types" of their API references), by the names that JSON and XML services give them.
 */
const failures: Readonly<Record<string, ConnectorFailure>> = {
  AccessDenied: 'permission',
  AccessDeniedException: 'permission',
  NotAuthorized: 'permission',
  OptInRequired: 'permission',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  IncompleteSignature: 'credentials',
  IncompleteSignatureException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  RequestExpired: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  UnrecognizedClientException: 'credentials',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  InternalFailure: 'unavailable',
  InternalServerException: 'unavailable',
  RequestAbortedException: 'unavailable',
  RequestTimeoutException: 'unavailable',
  ServiceUnavailable: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  RegionDisabledException: 'configuration',
  ResourceNotFoundException: 'configuration',
  ValidationError: 'configuration',
}

/** Signatures hold for five minutes at least. */
const skewMillisecondsMax = 4 * 60_000

/** What a service of AWS says of an error. */
export interface AwsFault {
  code?: string | undefined
  /** Which key of KMS, for example, is in the way. */
  reason?: string | undefined
  /** Of `ResourceNotFoundException`: what is not there. */
  resourceType?: string | undefined
  retryAfterSeconds?: number | undefined
}

/** What an answer means that is no success. Of what was said only codes are repeated. */
export function failureOfFault(service: string, answer: SourceAnswer, fault: AwsFault): AwsError {
  const said = [fault.code, fault.reason].filter((code) => code !== undefined).join(', ')
  const byStatus = failureOfStatus(service, answer, said === '' ? undefined : said)
  // A key of KMS that is disabled or gone is for the owner of the identity store to mend.
  const code = fault.reason !== undefined && byStatus.code === 'protocol' ? 'configuration' : byStatus.code
  const known = failures[fault.code ?? ''] ?? code
  const words = known === 'credentials' ? `${byStatus.message}${skewOf(answer)}` : byStatus.message
  const asked = fault.retryAfterSeconds === undefined ? undefined : fault.retryAfterSeconds * 1_000
  return new AwsError(known, words, fault, byStatus.retryAfterMilliseconds ?? asked)
}

/** What signatures fail by when nothing is wrong with the keys. */
function skewOf({ headers }: SourceAnswer): string {
  const skew = Math.abs(Date.now() - Date.parse(headers.date ?? ''))
  if (Number.isNaN(skew) || skew < skewMillisecondsMax) return ''
  return ` The clock of Muster and that of AWS are ${Math.round(skew / 60_000)} minutes apart.`
}

/** An error of AWS, with what it said. */
export class AwsError extends ConnectorError {
  readonly fault: AwsFault

  constructor(code: ConnectorFailure, message: string, fault: AwsFault, retryAfterMilliseconds?: number) {
    super(code, message, { retryAfterMilliseconds })
    this.fault = fault
  }
}
