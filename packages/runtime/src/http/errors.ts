import { type ErrorCode, MusterError } from '../errors.ts'

/** Errors that Fastify itself raises, by its code. What is not here goes by its status. */
const frameworkErrors: Record<string, { code: ErrorCode; detail: string; retryAfterSeconds?: number }> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupportedMediaType',
    detail: 'The request body is of a media type that is not read here; send application/json.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payloadTooLarge', detail: 'The request body is larger than this route reads.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'badRequest',
    detail: 'The request body does not have the length that Content-Length says.',
  },
  FST_ERR_BAD_URL: { code: 'badRequest', detail: 'The address is not validly percent-encoded.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'addressTooLong', detail: 'A part of the address is too long.' },
  FST_ERR_HANDLER_TIMEOUT: {
    code: 'unavailable',
    detail: 'The request took too long; what it began may still be completed.',
    retryAfterSeconds: 30,
  },
}

const codesByStatus: Record<number, ErrorCode> = {
  404: 'notFound',
  405: 'methodNotAllowed',
  406: 'notAcceptable',
  413: 'payloadTooLarge',
  414: 'addressTooLong',
  415: 'unsupportedMediaType',
}

interface ForeignError {
  code?: unknown
  statusCode?: unknown
  validation?: readonly Violation[]
  validationContext?: string
}

/** What Ajv reports; of it, `params` and `message` come from the schema, never from the value. */
interface Violation {
  instancePath: string
  keyword: string
  params: Record<string, unknown>
  message?: string
}

/**
 * The error a request ends with, whatever was thrown. Errors of the framework become codes of ours; the rest is
 * `internal`, whose detail says nothing of the cause: log the cause.
 */
export function toMusterError(error: unknown): MusterError {
  if (error instanceof MusterError) return error
  if (typeof error !== 'object' || error === null) return internal(error)
  const { code, statusCode, validation, validationContext } = error as ForeignError
  const violation = validation?.[0]
  if (violation !== undefined) return new MusterError('invalidValue', describe(violation, validationContext))
  const known = frameworkErrors[String(code)]
  if (known !== undefined) return new MusterError(known.code, known.detail, known)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new MusterError(codesByStatus[statusCode] ?? 'badRequest', 'The request is not valid.')
  }
  return internal(error)
}

function internal(cause: unknown): MusterError {
  return new MusterError('internal', 'Something went wrong on our side; the log of the service says what.', { cause })
}

const contextNames: Record<string, string> = { querystring: 'query' }
const memberNameMax = 64

/** Names the member and the rule it breaks, never its value. */
function describe(violation: Violation, context = 'request'): string {
  const path = [contextNames[context] ?? context, ...violation.instancePath.split('/').slice(1)].join('.')
  const { missingProperty, additionalProperty, allowedValues } = violation.params
  if (missingProperty !== undefined) return `${path}.${missingProperty} is required.`
  if (additionalProperty !== undefined) {
    return `${path} has an unknown member ${JSON.stringify(String(additionalProperty).slice(0, memberNameMax))}.`
  }
  if (Array.isArray(allowedValues)) return `${path} must be one of ${allowedValues.join(', ')}.`
  return `${path} ${violation.message ?? 'is not valid'}.`
}
