import { errorTable, type MusterError } from './errors.ts'

export const problemContentType = 'application/problem+json; charset=utf-8'

/** RFC 9457 problem details. `code` is the stable name of the error, the same in every release. */
export interface ProblemDetails {
  type: 'about:blank'
  title: string
  status: number
  code: string
  detail: string
}

export function problemDetails(error: MusterError): ProblemDetails {
  const { status, title } = errorTable[error.code]
  return { type: 'about:blank', title, status, code: error.code, detail: error.detail }
}
