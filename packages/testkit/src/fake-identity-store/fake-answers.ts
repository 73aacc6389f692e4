import type { FakeAnswer } from '../fake-http/index.ts'

/** Statuses of errors: those of the model (`httpError`), and of what all services of AWS have in common. */
const statuses = {
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 400,
  InternalServerException: 500,
  InvalidSignatureException: 400,
  MissingAuthenticationTokenException: 400,
  ResourceNotFoundException: 404,
  ThrottlingException: 429,
  UnrecognizedClientException: 400,
  ValidationException: 400,
} as const

export type FakeErrorCode = keyof typeof statuses

const contentType = { 'content-type': 'application/x-amz-json-1.1' }

/** An answer of AWS JSON 1.1. */
export function jsonAnswer(body: unknown): FakeAnswer {
  return { headers: contentType, body }
}

/**
 * An error of AWS JSON 1.1, which names its type with the namespace of the model. The message names who asked, as those of AWS do.
 */
export function errorAnswer(code: FakeErrorCode, more: Record<string, unknown> = {}): FakeAnswer {
  const message = `User: arn:aws:iam::123456789012:user/jane.doe@acme.test: ${code}`
  const body = { __type: `com.amazonaws.identitystore#${code}`, Message: message, RequestId: requestId, ...more }
  return { status: statuses[code], headers: { ...contentType, 'x-amzn-requestid': requestId }, body }
}

const requestId = '6c1f2f0e-5f0b-4a39-9f0e-0d9f2a1b7c11'
