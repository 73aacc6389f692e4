import type { FakeAnswer } from '../fake-http/index.ts'

/** Refusals of the Directory API as they are seen in the wild; `errors[0].reason` says what they mean. */
const apiRefusals = {
  authError: { status: 401, domain: 'global', message: 'Invalid Credentials' },
  insufficientPermissions: {
    status: 403,
    domain: 'global',
    message: 'Request had insufficient authentication scopes.',
  },
  forbidden: { status: 403, domain: 'global', message: 'Not Authorized to access this resource/API' },
  userRateLimitExceeded: {
    status: 403,
    domain: 'usageLimits',
    message: 'User Rate Limit Exceeded. Rate of requests for user exceed configured project quota.',
  },
  quotaExceeded: { status: 403, domain: 'usageLimits', message: 'Request rate higher than configured.' },
  dailyLimitExceeded: { status: 403, domain: 'usageLimits', message: 'Daily Limit Exceeded' },
  accessNotConfigured: {
    status: 403,
    domain: 'usageLimits',
    message: 'Admin SDK API has not been used in project 123456789012 before or it is disabled.',
  },
  rateLimitExceeded: { status: 429, domain: 'usageLimits', message: 'Quota exceeded for quota metric.' },
  invalid: { status: 400, domain: 'global', message: 'Invalid Input' },
  notFound: { status: 404, domain: 'global', message: 'Resource Not Found' },
  conditionNotMet: { status: 412, domain: 'global', message: 'Precondition Failed' },
  backendError: { status: 503, domain: 'global', message: 'Service unavailable. Please try again' },
} as const

export type GoogleRefusal = keyof typeof apiRefusals

export function refusal(reason: GoogleRefusal): FakeAnswer {
  const { status, domain, message } = apiRefusals[reason]
  return { status, body: { error: { code: status, message, errors: [{ message, domain, reason }] } } }
}
