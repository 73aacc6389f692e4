/** What the management API answers instead of what was asked for: problem details (RFC 9457). */
export class MusterApiError extends Error {
  override readonly name = 'MusterApiError'
  readonly status: number
  /** Stable name of the error, such as `notFound`; `unknown` when the answer was none of Muster's. */
  readonly code: string
  /** What was wrong, and where. */
  readonly detail: string
  /** What can be done about it, when the API says so. */
  readonly hint: string | undefined

  constructor({ status, code, detail, hint }: Problem, request: string) {
    super(`${request}: ${status} ${code}: ${detail}`)
    this.status = status
    this.code = code
    this.detail = detail
    this.hint = hint
  }
}

interface Problem {
  status: number
  code: string
  detail: string
  hint: string | undefined
}

/** The error of a problem's JSON text; of any other text one that says so. `request` says what was asked. */
export function toApiError(status: number, text: string, request: string): MusterApiError {
  const { status: told, code, detail, hint } = parseMembers(text)
  return new MusterApiError(
    {
      status: typeof told === 'number' ? told : status,
      code: typeof code === 'string' ? code : 'unknown',
      detail: typeof detail === 'string' ? detail : 'The answer is no problem of Muster: is the address right?',
      hint: typeof hint === 'string' ? hint : undefined,
    },
    request,
  )
}

function parseMembers(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
