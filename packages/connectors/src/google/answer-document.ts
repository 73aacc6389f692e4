import type { SourceAnswer } from '../http/source-fetch.ts'

/** A code as Google writes them; what is none may be anything, and is not repeated. */
const codePattern = /^[A-Za-z][A-Za-z_]{0,63}$/

/** The document of an answer; an empty one when it has none. */
export function answerDocument({ body }: SourceAnswer): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(body)
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}

/** A code in a document of Google's. */
export function codeIn(document: unknown, name: string): string | undefined {
  if (typeof document !== 'object' || document === null) return undefined
  const value: unknown = (document as Record<string, unknown>)[name]
  return typeof value === 'string' && codePattern.test(value) ? value : undefined
}
