import { errorTable, type MusterError } from './errors.ts'

export const problemContentType = 'application/problem+json; charset=utf-8'

/** RFC 9457 problem details. `code` is the stable name of the error, the same in every release. */
export interface ProblemDetails {
  type: 'about:blank'
  title: string
  status: number
  code: string
  detail: string
  /** What can be done about it, where there is something. */
  hint?: string
  /** The sync run that ended so. */
  runId?: string
}

export function problemDetails(error: MusterError): ProblemDetails {
  const { status, title } = errorTable[error.code]
  const { code, detail, hint, runId } = error
  return { type: 'about:blank', title, status, code, detail, ...(hint && { hint }), ...(runId && { runId }) }
}
