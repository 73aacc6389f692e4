import type { SourceAnswer } from './source-fetch.ts'

/** What an answer says of an error, as the object that its body is; without anything when it is none. */
export function errorDocument({ body }: Pick<SourceAnswer, 'body'>): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(body))
  } catch {
    return {}
  }
}

/** An object, or one without anything. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** A code that is of its source's form: what is not may be about anybody, and is not repeated. */
export function codeOf(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}
